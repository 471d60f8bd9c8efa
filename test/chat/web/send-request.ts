import { type IncomingHttpHeaders, request } from 'node:http';

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request with exactly these headers (a browser's fetch would not let the Host be chosen). */
export function sendRequest(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The fields of the form at `action`, as a browser would send them. */
export function formOf(page: string, action: string): URLSearchParams {
  const form = page.split('<form ').find((piece) => piece.includes(`method="post" action="${action}"`)) ?? '';
  const inside = form.split('</form>')[0] ?? '';
  const fields = [...inside.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return new URLSearchParams(fields.map(([, name, value]): [string, string] => [name ?? '', value ?? '']));
}

/** Posts a form from the page itself, unless the headers say otherwise. */
export function postForm(
  port: number,
  path: string,
  fields: URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
) {
  const body = fields.toString();
  const usual = {
    origin: `http://127.0.0.1:${port}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  };
  return sendRequest(port, path, { method: 'POST', headers: { ...usual, ...headers }, body });
}
