import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPage, openPage } from './open-page.ts';
import { diagnosis, openedView, proposed, RUN, rollback } from './pdf-renderer-story.ts';
import { openStream } from './read-stream.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { sendRequest } from './send-request.ts';

let application: ScriptedApplication;
let page: OpenPage;

const get = (path: string) => sendRequest(page.port, path);
const opened = () => application.show(openedView(), '2026-11-21T09:00:00.000Z');
const toTheEnd = () =>
  application.show(
    [...diagnosis, proposed, ...rollback].reduce((view, moment) => moment(view), openedView()),
    '2026-11-21T09:00:00.000Z',
  );

beforeEach(async () => {
  application = new ScriptedApplication();
  page = await openPage(application);
});
afterEach(() => page.close());

describe('a run’s page', () => {
  it('has the summary above, then the record, then the evidence', async () => {
    toTheEnd();
    const { text } = await get(`/runs/${RUN}`);
    const places = [
      '<h1>',
      'id="reply:parent"',
      'id="record"',
      'id="timeline"',
      'id="approvals"',
      'id="reply:step:host"',
    ];
    const at = places.map((place) => text.indexOf(place));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at[0]).toBeGreaterThan(0);
  });

  it('tells when each thing happened, in UTC and since the command', async () => {
    toTheEnd();
    const { text } = await get(`/runs/${RUN}`);
    const timeline = text.slice(text.indexOf('id="timeline"'), text.indexOf('id="approvals"'));
    expect(timeline).toContain('Timeline: 4 entries over 3.0 s');
    expect(timeline).toContain('Ada (web:ada) asked for pdf-renderer');
    expect(timeline).toContain('<time datetime="2026-11-21T09:00:01.000Z" title="21 Nov 2026">09:00:01 UTC</time>');
    expect(timeline).toContain('+1.0 s');
    expect(timeline).toContain('verdict: pdf-renderer on render-01 does not start');
  });

  it('tells who asked and who approved', async () => {
    toTheEnd();
    const { text } = await get(`/runs/${RUN}`);
    const approvals = text.slice(text.indexOf('id="approvals"'), text.indexOf('id="reply:step:host"'));
    expect(approvals).toContain('Ada (web:ada)</td><td>asked for it');
    expect(approvals).toContain('Grace (web:grace)</td><td>approved (1 of 1)');
  });

  it('has links to its parts, each to something that is there', async () => {
    toTheEnd();
    const { text } = await get(`/runs/${RUN}`);
    const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => decodeURIComponent(id ?? ''));
    expect(links).toEqual(
      expect.arrayContaining(['reply:step:host', 'reply:verdict', 'reply:plan:p1', 'reply:action:p1']),
    );
    for (const id of links) expect(text).toContain(`id="${id}"`);
  });

  it('has no approvals and no links to parts before there are any', async () => {
    opened();
    const { text } = await get(`/runs/${RUN}`);
    expect(text).not.toContain('id="approvals"');
    expect(text).not.toContain('>Verdict</a>');
    expect(text).toContain('Timeline: 1 entry over');
  });

  it('opens at its end while something goes on, and at its summary later', async () => {
    opened();
    expect((await get(`/runs/${RUN}`)).text).toContain('data-following="yes"');
    toTheEnd();
    expect((await get(`/runs/${RUN}`)).text).toContain('data-following="no"');
  });

  it('grows while somebody looks', async () => {
    opened();
    const stream = await openStream(`${page.base}/runs/${RUN}/stream`);
    await stream.nextOf('thread');
    toTheEnd();
    const { changed } = JSON.parse(await stream.nextOf('thread')) as { changed: { id: string; html: string }[] };
    expect(changed.find(({ id }) => id === 'record')?.html).toContain('approved (1 of 1)');
    stream.close();
  });
});

describe('the transcript', () => {
  it.each([
    ['md', 'text/markdown; charset=utf-8', '# pdf-renderer'],
    ['html', 'text/html; charset=utf-8', '<!doctype html>'],
    ['json', 'application/json; charset=utf-8', '{'],
  ])('is there as %s', async (format, type, start) => {
    toTheEnd();
    expect((await get(`/runs/${RUN}`)).text).toContain(`href="/runs/${RUN}/transcript.${format}"`);
    const { status, headers, text } = await get(`/runs/${RUN}/transcript.${format}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(type);
    expect(headers['content-disposition']).toBe(`inline; filename="incident-${RUN}.${format}"`);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
    expect(headers['content-security-policy']).not.toMatch(/script|allow-same-origin/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(text.toLowerCase().startsWith(start)).toBe(true);
    expect(text).toContain('wrong-platform-image');
  });

  it.each([`/runs/${RUN}/transcript.pdf`, '/runs/r-none/transcript.md', `/runs/${RUN}/transcript.md.exe`])(
    'is not at %s',
    async (path) => {
      toTheEnd();
      expect((await get(path)).status).toBe(404);
    },
  );
});
