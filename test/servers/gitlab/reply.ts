import type { ServerResponse } from 'node:http';

/** What a call is answered. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: boolean;
}

export const ok = (body: unknown, status = 200): Reply => ({ status, body });
export const refuse = (status: number, message: unknown): Reply => ({ status, body: { message } });
export const unauthorized = refuse(401, '401 Unauthorized');
export const forbidden = (why = '') => refuse(403, `403 Forbidden${why === '' ? '' : ` - ${why}`}`);
export const missing = (what = '') => refuse(404, `404 ${what === '' ? '' : `${what} `}Not Found`);

export function send(response: ServerResponse, { status, body, headers, text }: Reply): void {
  const type = text ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(text ? String(body) : JSON.stringify(body));
}

/** One page with the headers of GitLab's offset pagination; at most 100 a page, 20 unless told. */
export function page(url: URL, all: readonly unknown[]): Reply {
  const number = (name: string, usual: number) => Math.max(1, Number(url.searchParams.get(name) ?? usual) || usual);
  const per = Math.min(100, number('per_page', 20));
  const at = number('page', 1);
  const pages = Math.max(1, Math.ceil(all.length / per));
  const link = (target: number, rel: string) => {
    const next = new URL(url);
    next.searchParams.set('page', String(target));
    return `<${next.href}>; rel="${rel}"`;
  };
  return {
    status: 200,
    body: all.slice((at - 1) * per, at * per),
    headers: {
      'x-page': String(at),
      'x-per-page': String(per),
      'x-prev-page': at > 1 ? String(at - 1) : '',
      'x-next-page': at < pages ? String(at + 1) : '',
      'x-total': String(all.length),
      'x-total-pages': String(pages),
      link: [...(at < pages ? [link(at + 1, 'next')] : []), link(1, 'first'), link(pages, 'last')].join(', '),
    },
  };
}
