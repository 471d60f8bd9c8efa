import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type OpenPage, openPage } from './open-page.ts';
import { openedView, RUN } from './pdf-renderer-story.ts';
import { openStream } from './read-stream.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { formOf, postForm, sendRequest } from './send-request.ts';

interface Told {
  readonly title: string;
  readonly order: readonly string[];
  readonly changed: readonly { id: string; version: string; news: string; html: string }[];
}

let application: ScriptedApplication;
let page: OpenPage;

beforeEach(async () => {
  application = new ScriptedApplication();
  page = await openPage(application);
  const form = formOf((await sendRequest(page.port, '/')).text, '/command');
  form.set('text', '/execfmt pdf-renderer');
  await postForm(page.port, '/command', form);
});
afterEach(() => page.close());

const open = () => openStream(`${page.base}/runs/${RUN}/stream`);
const told = async (stream: Awaited<ReturnType<typeof open>>): Promise<Told> =>
  JSON.parse(await stream.nextOf('thread'));
const idsOf = ({ changed }: Told) => changed.map(({ id }) => id);

it('begins with everything and goes on with what changed', async () => {
  const stream = await open();
  expect(stream.header('content-type')).toBe('text/event-stream');
  expect(stream.header('content-security-policy')).toContain("default-src 'none'");
  expect((await stream.next()).event).toBe('hello');
  expect(idsOf(await told(stream))).toEqual(['bar', 'reply:parent', 'record', 'working']);
  application.advance();
  const second = await told(stream);
  expect(idsOf(second)).toEqual(['record', 'day:2026-11-21', 'reply:step:host']);
  expect(second.order).toEqual(['bar', 'reply:parent', 'record', 'day:2026-11-21', 'reply:step:host', 'working']);
  expect(second.changed[2]?.html).toContain(`data-version="${second.changed[2]?.version}"`);
  while (application.advance());
  let last = await told(stream);
  while (!last.title.includes('wrong-platform-image')) last = await told(stream);
  expect(last.order).not.toContain('working');
  expect(idsOf(last)).toContain('bar');
  stream.close();
});

it('is resumed by opening it again: what was missed is there, in the same versions', async () => {
  application.advance();
  const first = await open();
  const before = await told(first);
  first.close();
  application.advance();
  const second = await open();
  const after = await told(second);
  second.close();
  expect(idsOf(after)).toContain('reply:step:image');
  const versions = new Map(after.changed.map(({ id, version }) => [id, version]));
  // The record has grown by what was missed.
  for (const { id, version } of before.changed.filter((piece) => piece.id !== 'record'))
    expect(versions.get(id), id).toBe(version);
});

it('tells of other runs in the list, and marks the open one', async () => {
  const stream = await open();
  await stream.nextOf('runs');
  application.show({ ...openedView(), run: 'r-other', target: 'thumbnailer' }, '2026-11-21T10:00:00.000Z');
  const { html } = JSON.parse(await stream.nextOf('runs')) as { html: string };
  expect(html.indexOf('thumbnailer')).toBeLessThan(html.indexOf('pdf-renderer'));
  expect(html).toContain(`href="/runs/${RUN}" aria-current="page"`);
  stream.close();
});

it('says every 15 seconds that it is still there', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stream = await open();
    await stream.nextOf('runs');
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    vi.advanceTimersByTime(15_000);
    expect(await stream.next()).toEqual({ event: '', data: '' });
    stream.close();
  } finally {
    vi.useRealTimers();
  }
});

it('stops watching when the page is gone', async () => {
  const idle = application.watching;
  const stream = await open();
  await told(stream);
  expect(application.watching).toBe(idle + 1);
  stream.close();
  await expect.poll(() => application.watching).toBe(idle);
});

it('opens no stream for who asks for its headers only', async () => {
  const idle = application.watching;
  const { status, headers, text } = await sendRequest(page.port, '/stream', { method: 'HEAD' });
  expect([status, headers['content-type'], text]).toEqual([200, 'text/event-stream', '']);
  expect(application.watching).toBe(idle);
});

it('holds a hundred pages and turns the next away until one is closed', async () => {
  const streams = await Promise.all(Array.from({ length: 100 }, () => openStream(`${page.base}/stream`)));
  const refused = await sendRequest(page.port, '/stream');
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
  const idle = application.watching;
  streams.pop()?.close();
  await expect.poll(() => application.watching).toBe(idle - 1);
  const next = await openStream(`${page.base}/stream`);
  expect(next.status).toBe(200);
  for (const stream of [...streams, next]) stream.close();
});
