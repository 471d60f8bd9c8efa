import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createKubernetesEstate } from '../../../adapters/estate/kubernetes/estate.ts';
import { failed } from '../../../src/playbook/answer.ts';
import type { Estate } from '../../../src/ports/estate.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import { systemClock } from '../docker/system-clock.ts';

/** What is asked, as the server sees it. */
export interface AskedOf {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'hang'
  | 'cut';

/** Speaks HTTP as an API server does, and answers what a test wants it to. */
export interface FakeApiServer {
  readonly asked: AskedOf[];
  readonly folder: string;
  /** An estate on it. `user` is the kubeconfig's; without `images` there is no registry. */
  estate(options?: { user?: object; deadlineMs?: number; namespaces?: string[]; images?: ImageSource }): Estate;
  close(): Promise<void>;
}

const nothing = failed('unreachable', 'registry', 'there is no registry here.');
const noImages: ImageSource = {
  resolve: async () => nothing,
  open: async () => nothing,
  tags: async () => nothing,
  provenance: async () => nothing,
  withLogins: () => noImages,
};

export async function fakeApiServer(reply: (asked: AskedOf) => Reply): Promise<FakeApiServer> {
  const asked: AskedOf[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const { method = '', headers } = request;
    const one = { method, path: pathname, query: searchParams, headers, body: await text(request) };
    asked.push(one);
    send(response, reply(one));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-kube-'));
  return {
    asked,
    folder,
    estate({ user = { token: 't' }, deadlineMs = 5_000, namespaces, images = noImages } = {}) {
      const kubeconfig = join(folder, 'config');
      const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
      const config = {
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'own' } }],
        'current-context': 'x',
      };
      writeFileSync(kubeconfig, JSON.stringify(config));
      return createKubernetesEstate({
        name: 'prod',
        kubeconfig,
        context: null,
        namespaces: namespaces ?? null,
        command: 'kubectl',
        images: () => images,
        clock: systemClock,
        deadlineMs,
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply === 'cut') return void response.destroy();
  const { status = 200, body = {}, headers = {} } = reply;
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The objects of one kind, as an API server lists them: by selector, and by pages of at most `limit`. */
export function pageOf(all: readonly ListedObject[], query: URLSearchParams): Reply {
  const wanted = (query.get('labelSelector') ?? '').split(',').filter((text) => text !== '');
  const name = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  const chosen = all.filter(
    ({ metadata }) =>
      (name === undefined || metadata.name === name) &&
      wanted.every((pair) => metadata.labels?.[pair.split('=')[0] ?? ''] === pair.split('=')[1]),
  );
  const from = Number(query.get('continue') ?? 0);
  const end = from + Number(query.get('limit') ?? chosen.length);
  const metadata = end < chosen.length ? { continue: String(end) } : {};
  return { body: { metadata, items: chosen.slice(from, end) } };
}

export interface ListedObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
}
