import type { ServerResponse } from 'node:http';

/** What a call is answered; without a body it is empty. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: unknown, status = 200): Reply => ({ status, body });
export const refuse = (status: number, message: string, headers: Reply['headers'] = {}): Reply => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  headers,
});
export const missing = refuse(404, 'Not Found');

/** Fine-grained tokens are told what would have been enough. */
export const forbidden = (permission: string) =>
  refuse(403, 'Resource not accessible by personal access token', { 'x-accepted-github-permissions': permission });

export function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const limits = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-github-request-id': 'A:1' };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...limits, ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** One page of a list below `key`, with the Link header that GitHub gives; at most 100 a page, 30 unless told. */
export function page(url: URL, key: string, all: readonly unknown[]): Reply {
  const number = (name: string, usual: number) => Math.max(1, Number(url.searchParams.get(name) ?? usual) || usual);
  const per = Math.min(100, number('per_page', 30));
  const at = number('page', 1);
  const pages = Math.max(1, Math.ceil(all.length / per));
  const link = (target: number, rel: string) => {
    const next = new URL(url);
    next.searchParams.set('page', String(target));
    return `<${next.href}>; rel="${rel}"`;
  };
  const links = at < pages ? [link(at + 1, 'next'), link(pages, 'last')] : [];
  const body = { total_count: all.length, [key]: all.slice((at - 1) * per, at * per) };
  return { status: 200, body, headers: links.length > 0 ? { link: links.join(', ') } : {} };
}
