import { Agent, request } from 'node:https';

/** What a test does to a cluster by itself: plain HTTP, independent of the code under test. Paths as the API has them. */
export interface ClusterClient {
  isReady(): Promise<boolean>;
  /** Null when it is not there. */
  get<T = Document>(path: string): Promise<T | null>;
  create<T = Document>(path: string, body: unknown): Promise<T>;
  /** JSON merge patch. */
  patch<T = Document>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
}

export interface Document {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation?: number };
}

/** A client with a token. `ca` is asked for at each request: the server writes its own certificate when it starts. */
export function createClusterClient(server: string, token: string, ca: () => Buffer): ClusterClient {
  let agent: Agent | null = null;
  const send = (method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      agent ??= new Agent({ keepAlive: true, ca: ca() });
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const sent = request(`${server}${path}`, { method, headers, agent, timeout: 60_000 }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        answer.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, text } = await send(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 1_000)}`);
    return JSON.parse(text) as T;
  };
  return {
    async isReady() {
      try {
        return (await send('GET', '/readyz')).status === 200;
      } catch {
        agent = null;
        return false;
      }
    },
    async get<T>(path: string) {
      const { status, text } = await send('GET', path);
      if (status === 404) return null;
      if (status >= 300) throw new Error(`GET ${path}: ${status} ${text.slice(0, 1_000)}`);
      return JSON.parse(text) as T;
    },
    create: (path, body) => json('POST', path, body),
    patch: (path, body) => json('PATCH', path, body),
    async delete(path) {
      await json('DELETE', path);
    },
  };
}
