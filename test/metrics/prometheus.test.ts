import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrometheus } from '../../adapters/metrics/prometheus/prometheus.ts';
import { clock, never, startPage } from './start-page.ts';

let server: Awaited<ReturnType<typeof startPage>>;
let answer: (response: ServerResponse, query: string | null) => void;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = await startPage((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(url.pathname);
    answer(response, url.searchParams.get('query'));
  });
});
afterEach(() => server.stop());

const json =
  (body: unknown, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const success = (resultType: string, result: unknown) => json({ status: 'success', data: { resultType, result } });
const vector = (...values: string[]) =>
  success(
    'vector',
    values.map((value) => ({ metric: {}, value: [1, value] })),
  );
const prometheus = (more = {}) => createPrometheus({ name: 'prom', url: server.url, clock, ...more });
const read = async (...series: string[]) => {
  const answered = await prometheus().read(series, never);
  return answered.kind === 'known' ? answered.value.map((sample) => sample.value) : answered.why.code;
};

describe('a Prometheus server', () => {
  it('is asked each expression, and its answers keep their order', async () => {
    const results: Record<string, (response: ServerResponse) => void> = {
      'sum(a)': vector('1'),
      'b{c="d e"}': vector('2', '0.5'),
    };
    answer = (response, query) => results[query ?? '']?.(response);
    const at = '2026-11-21T09:00:00.000Z';
    expect(await prometheus({ url: `${server.url}/prefix/` }).read(['sum(a)', 'b{c="d e"}'], never)).toEqual({
      kind: 'known',
      value: [
        { series: 'sum(a)', value: 1, at },
        { series: 'b{c="d e"}', value: 2.5, at },
      ],
    });
    expect(asked).toEqual(['/prefix/api/v1/query', '/prefix/api/v1/query']);
  });

  it.each<[string, (response: ServerResponse) => void, unknown]>([
    ['an empty vector', vector(), [null]],
    ['a scalar', success('scalar', [1, '7']), [7]],
    ['an exponent', vector('1e+03'), [1000]],
    ['NaN', vector('1', 'NaN'), [null]],
    ['infinity', vector('+Inf'), [null]],
    ['an element without value', success('vector', [{ metric: {} }]), [null]],
    ['a matrix', success('matrix', []), 'invalid'],
    ['a text', success('string', [1, 'x']), 'invalid'],
    ['no JSON', (response) => response.end('<html>'), 'invalid'],
    ['an error in 200', json({ status: 'error', errorType: 'internal' }), 'invalid'],
    ['a bad expression', json({ status: 'error', errorType: 'bad_data' }, 400), 'invalid'],
    ['an expression that cannot be executed', json({ status: 'error', errorType: 'execution' }, 422), 'invalid'],
    ['a query that took too long', json({ status: 'error', errorType: 'timeout' }, 503), 'timeout'],
    ['401', json({}, 401), 'denied'],
    ['403', json({}, 403), 'denied'],
    ['404', json({}, 404), 'not-found'],
    ['429', json({}, 429), 'rate-limited'],
    ['502', json({}, 502), 'unreachable'],
    ['302', json({}, 302), 'invalid'],
    ['too much', (response) => response.end(Buffer.alloc(8 * 1024 ** 2 + 1, ' ')), 'too-large'],
  ])('%s', async (_what, how, expected) => {
    answer = how;
    expect(await read('x')).toEqual(expected);
  });

  it('that does not answer in time is a timeout', async () => {
    answer = () => {};
    expect(await prometheus({ deadlineMs: 200 }).read(['x'], never)).toMatchObject({
      why: { code: 'timeout', target: 'prom' },
    });
  });

  it('that is not there is unreachable', async () => {
    const gone = await startPage(() => {});
    await gone.stop();
    expect(await prometheus({ url: gone.url }).read(['x'], never)).toMatchObject({ why: { code: 'unreachable' } });
  });

  it('can be seen with a command, without its login', () => {
    const source = prometheus({ url: 'http://bot:secret@prom:9090/' });
    expect(source.command(`sum(x{a='b'})`)).toBe(
      `curl -s -G 'http://prom:9090/api/v1/query' --data-urlencode 'query=sum(x{a='\\''b'\\''})'`,
    );
  });
});
