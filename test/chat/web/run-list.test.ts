import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPage, openPage } from './open-page.ts';
import { diagnosis, openedView, proposed, RUN } from './pdf-renderer-story.ts';
import { openStream } from './read-stream.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { sendRequest } from './send-request.ts';

let application: ScriptedApplication;
let page: OpenPage;

const get = async (path: string) => (await sendRequest(page.port, path)).text;
/** The runs of the main list, in order. */
const found = (text: string) => [...text.matchAll(/id="found:([^"]*)"/g)].map(([, run]) => run);

function add(run: string, target: string): void {
  application.show({ ...openedView(), run, target, practice: false }, '2026-11-20T16:40:12.000Z');
}

beforeEach(async () => {
  application = new ScriptedApplication();
  page = await openPage(application);
});
afterEach(() => page.close());

describe('the list of runs', () => {
  it('says of each run what it is about, how it stands, who asked and when', async () => {
    add('r-aaaaaa', 'thumbnailer');
    application.show(
      proposed(diagnosis.reduce((view, moment) => moment(view), openedView())),
      '2026-11-21T09:14:01.000Z',
    );
    const text = await get('/runs');
    expect(found(text)).toEqual([RUN, 'r-aaaaaa']);
    const [, first = '', second = ''] = text.slice(text.indexOf('class="found"')).split('<li>');
    for (const part of [
      `href="/runs/${RUN}">pdf-renderer</a>`,
      '>PRACTICE<',
      'tone-decision',
      'waiting for approval',
      `<code>${RUN}</code>`,
      'will-not-run: wrong-platform-image',
      'asked by Ada',
      '21 Nov, 09:14 UTC',
    ])
      expect(first).toContain(part);
    expect(second).toContain('investigating');
    expect(second).toContain('no verdict');
    expect(second).not.toContain('PRACTICE');
  });

  it('finds by a part of the id or the target, in either case, and keeps what was typed', async () => {
    for (const [run, target] of [
      ['r-aaaaaa', 'thumbnailer'],
      ['r-bbbbbb', 'invoice-mailer'],
      ['r-cccccc', 'mail-gateway'],
    ] as const)
      add(run, target);
    expect(found(await get('/runs?q=MAIL'))).toEqual(['r-cccccc', 'r-bbbbbb']);
    expect(found(await get('/runs?q=r-a'))).toEqual(['r-aaaaaa']);
    const none = await get('/runs?q=%22%3E%3Cb%3E');
    expect(found(none)).toEqual([]);
    expect(none).toContain('value="&quot;&gt;&lt;b&gt;"');
    expect(none).toContain('Show all runs');
    expect(none).not.toContain('<b>');
  });

  it('shows fifty, more when asked, and no more than there are', async () => {
    for (let number = 0; number < 120; number += 1) add(`r-${number}`, 'batch');
    const first = await get('/runs?q=batch');
    expect(found(first)).toHaveLength(50);
    expect(first).toContain('The newest 50 runs');
    expect(first).toContain('href="/runs?q=batch&amp;limit=100"');
    const second = await get('/runs?q=batch&limit=100');
    expect(found(second)).toHaveLength(100);
    const all = await get('/runs?q=batch&limit=150');
    expect(found(all)).toHaveLength(120);
    expect(all).not.toContain('Show more');
  });

  it.each([
    ['0', 1],
    ['-5', 1],
    ['x', 50],
    ['1e9', 120],
    ['', 1],
  ])('takes limit=%s for a number within bounds', async (limit, shown) => {
    for (let number = 0; number < 120; number += 1) add(`r-${number}`, 'batch');
    expect(found(await get(`/runs?limit=${limit}`))).toHaveLength(shown);
  });

  it('is kept up to date by its stream, and only by what it looks for', async () => {
    add('r-aaaaaa', 'thumbnailer');
    const stream = await openStream(`${page.base}/runs/stream?q=thumb`);
    const list = async () => found((JSON.parse(await stream.nextOf('list')) as { html: string }).html);
    expect(await list()).toEqual(['r-aaaaaa']);
    add('r-bbbbbb', 'mailer');
    await stream.nextOf('runs');
    add('r-cccccc', 'thumbs');
    expect(await list()).toEqual(['r-cccccc', 'r-aaaaaa']);
    stream.close();
  });

  it('says that there is nothing yet', async () => expect(await get('/runs')).toContain('No runs yet.'));
});
