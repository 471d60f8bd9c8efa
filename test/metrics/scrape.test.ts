import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScrape } from '../../adapters/metrics/scrape/scrape.ts';
import { clock, never, startPage } from './start-page.ts';

const PAGE = `# TYPE pdf_queue_pending_jobs gauge
pdf_queue_pending_jobs{queue="a",host="x"} 3
pdf_queue_pending_jobs{queue="b",host="x"} 4.5
pdf_queue_pending_jobs_total 100
broken NaN
broken{a="b"} 1
`;
let page: Awaited<ReturnType<typeof startPage>>;
let answer: (response: ServerResponse) => void;
let authorization: string | undefined;

beforeEach(async () => {
  answer = (response) => response.end(PAGE);
  page = await startPage((request, response) => {
    authorization = request.headers.authorization;
    answer(response);
  });
});
afterEach(() => page.stop());
const scrape = (more = {}) => createScrape({ name: 'app', url: `${page.url}/metrics`, clock, ...more });
const values = async (...series: string[]) => {
  const read = await scrape().read(series, never);
  return read.kind === 'known' ? read.value.map((sample) => sample.value) : read.why.code;
};

describe('a metrics page', () => {
  it('gives each series with the time', async () => {
    const sample = { series: 'pdf_queue_pending_jobs', value: 7.5, at: '2026-11-21T09:00:00.000Z' };
    expect(await scrape().read(['pdf_queue_pending_jobs'], never)).toEqual({ kind: 'known', value: [sample] });
  });

  it('adds up what a selector fits', async () => {
    const name = 'pdf_queue_pending_jobs';
    expect(await values(`${name}{queue="b"}`, `${name}{host="x"}`, `${name}{queue="b",host="y"}`)).toEqual([
      4.5,
      7.5,
      null,
    ]);
  });

  it('gives no number for a series that is not there or is not one', async () => {
    expect(await values('nothing', 'broken', 'broken{a="b"}')).toEqual([null, null, 1]);
  });

  it('refuses a selector that it cannot read', async () => {
    expect(await values('sum(x)')).toBe('invalid');
  });

  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [404, 'not-found'],
    [429, 'rate-limited'],
    [500, 'unreachable'],
    [302, 'invalid'],
  ])('%i is %s', async (status, code) => {
    answer = (response) => response.writeHead(status, { location: '/elsewhere' }).end();
    expect(await values('x')).toBe(code);
  });

  it('that is too large is cut off', async () => {
    answer = (response) => response.end(Buffer.alloc(8 * 1024 ** 2 + 1, '#'));
    expect(await values('x')).toBe('too-large');
  });

  it('that does not come, or not wholly, in time is a timeout', async () => {
    answer = () => {};
    expect(await scrape({ deadlineMs: 200 }).read(['x'], never)).toMatchObject({ why: { code: 'timeout' } });
    answer = (response) => response.write('up 1\n');
    expect(await scrape({ deadlineMs: 200 }).read(['x'], never)).toMatchObject({ why: { code: 'timeout' } });
  });

  it('that breaks off is unreachable', async () => {
    answer = (response) => response.writeHead(200, { 'content-length': '99' }).write('up 1', () => response.destroy());
    expect(await values('up')).toBe('unreachable');
  });

  it('that is not there is unreachable, by its name', async () => {
    const gone = await startPage(() => {});
    await gone.stop();
    const read = await createScrape({ name: 'app', url: gone.url, clock }).read(['x'], never);
    expect(read).toMatchObject({
      why: { code: 'unreachable', target: 'app', message: expect.stringContaining(gone.host) },
    });
  });

  it('is sent the login of its address, which is never shown', async () => {
    const source = scrape({ url: `http://bot:p%40ss@${page.host}/metrics` });
    expect(await source.read(['x'], never)).toMatchObject({ kind: 'known' });
    expect(authorization).toBe(`Basic ${Buffer.from('bot:p@ss').toString('base64')}`);
    answer = (response) => response.writeHead(500).end();
    expect(JSON.stringify([source.command('x'), await source.read(['x'], never)])).not.toMatch(/bot|p%40ss|p@ss/);
  });

  it('can be seen with a command', () => {
    expect(scrape().command('pdf_queue{queue="b"}')).toBe(`curl -s ${page.url}/metrics | grep ^pdf_queue`);
    expect(scrape().command("x'; rm -rf /")).toBe(`curl -s ${page.url}/metrics | grep '^x'\\''; rm -rf /'`);
  });
});
