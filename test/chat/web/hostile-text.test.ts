import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunFact } from '../../../src/run/events.ts';
import type { Card } from '../../../src/view/card.ts';
import { eventsOf, opened } from '../../run/sample-run.ts';
import { type OpenPage, openPage } from './open-page.ts';
import { openStream } from './read-stream.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { postForm, sendRequest } from './send-request.ts';

const EVIL = `"'><b/onx=alert(1)></script></textarea>\${x} &amp; https://evil.example/?a=1`;
const RUN = `r-"'><b/onx>`;
let application: ScriptedApplication;
let page: OpenPage;

const hostile: Card = {
  tone: 'problem',
  title: EVIL,
  practice: false,
  parts: [
    { kind: 'text', text: EVIL },
    { kind: 'note', text: EVIL },
    { kind: 'code', text: `${EVIL}\n`.repeat(20) },
    { kind: 'list', ordered: true, items: [EVIL] },
    { kind: 'facts', facts: [{ label: EVIL, value: EVIL, odd: true }] },
  ],
  buttons: [
    {
      label: EVIL,
      style: 'danger',
      press: { action: 'approve', run: RUN, subject: EVIL, hash: EVIL },
      confirm: { title: EVIL, text: EVIL, ok: EVIL, cancel: EVIL },
    },
    { label: EVIL, style: 'plain', press: { action: 'decline', run: RUN, subject: EVIL, hash: null }, confirm: null },
    {
      ...{
        label: EVIL,
        style: 'plain',
        press: { action: 'decline', run: RUN, subject: 'asked', hash: null },
        confirm: null,
      },
      ask: { title: EVIL, label: EVIL, ok: EVIL },
    },
    { label: EVIL, style: 'plain', press: { action: 'command', run: '', subject: EVIL, hash: null }, confirm: null },
  ],
  fallback: EVIL,
};

function show(card: Card): void {
  const reply = { key: EVIL, at: '2026-11-21T09:14:01.000Z', card };
  const view = { run: RUN, target: EVIL, practice: false, settled: true, seq: 1, parent: card, replies: [reply] };
  application.show(view, '2026-11-21T09:14:01.000Z');
}

beforeEach(async () => {
  application = new ScriptedApplication();
  application.targets = async () => [EVIL];
  page = await openPage(application);
});
afterEach(() => page.close());

const harmless = (text: string) => {
  expect(text).not.toContain('<b/');
  expect(text).not.toContain('</textarea>');
  expect(text).not.toContain('href="https');
  expect(text).toContain('&lt;b/onx');
};

it('keeps markup out of every place where outside text stands', async () => {
  harmless((await sendRequest(page.port, '/')).text);
  show(hostile);
  harmless((await sendRequest(page.port, '/')).text);
  const query = new URLSearchParams({ action: 'approve', subject: EVIL, hash: EVIL });
  const confirmation = await sendRequest(page.port, `/runs/${encodeURIComponent(RUN)}/confirm?${query}`);
  expect(confirmation.status).toBe(200);
  harmless(confirmation.text);
  const asked = new URLSearchParams({ action: 'decline', subject: 'asked' });
  harmless((await sendRequest(page.port, `/runs/${encodeURIComponent(RUN)}/confirm?${asked}`)).text);
});

it('keeps markup out of the list, the search, the record and the transcripts', async () => {
  const fact = { type: 'press-refused', plan: EVIL, by: { id: EVIL, name: EVIL }, why: EVIL } as const;
  const by = { id: `web:${EVIL}`, name: EVIL };
  const first = { ...(opened as Extract<RunFact, { type: 'opened' }>), target: EVIL, by };
  application.events = async () => eventsOf(first, fact).map((event) => ({ ...event, run: RUN }));
  show(hostile);
  harmless((await sendRequest(page.port, '/runs')).text);
  harmless((await sendRequest(page.port, `/runs?${new URLSearchParams({ q: EVIL })}`)).text);
  harmless((await sendRequest(page.port, `/runs?${new URLSearchParams({ q: `${EVIL}none` })}`)).text);
  harmless((await sendRequest(page.port, `/runs/${encodeURIComponent(RUN)}`)).text);
  const path = `/runs/${encodeURIComponent(RUN)}/transcript`;
  expect((await sendRequest(page.port, `${path}.html`)).text).not.toContain('<b/');
  const { headers } = await sendRequest(page.port, `${path}.md`);
  expect(headers['content-disposition']).toMatch(/^inline; filename="incident-[\w.-]+\.md"$/);
});

it('keeps markup out of the sign-in', async () => {
  const people = [{ name: EVIL.slice(0, 40), token: 'a-token-of-some-length' }];
  const closed = await openPage(application, { people });
  const asked = await sendRequest(closed.port, `/sign-in?${new URLSearchParams({ to: `/runs/${EVIL}` })}`);
  expect(asked.text).not.toContain('<b/');
  const answer = await postForm(closed.port, '/sign-in', new URLSearchParams({ token: EVIL, to: EVIL }));
  expect(answer.text).not.toContain('<b/');
  const form = new URLSearchParams({ token: people[0]?.token ?? '' });
  const cookie = String((await postForm(closed.port, '/sign-in', form)).headers['set-cookie']?.[0]);
  const { status, text } = await sendRequest(closed.port, '/', { headers: { cookie: cookie.split(';')[0] ?? '' } });
  expect(status).toBe(200);
  harmless(text);
  await closed.close();
});

it('keeps markup out of the pieces that the stream sends', async () => {
  show(hostile);
  const stream = await openStream(`${page.base}/runs/${encodeURIComponent(RUN)}/stream`);
  const { changed } = JSON.parse(await stream.nextOf('thread')) as { changed: { html: string }[] };
  harmless(changed.map(({ html }) => html).join(''));
  harmless((JSON.parse(await stream.nextOf('runs')) as { html: string }).html);
  stream.close();
});

it('names what is invisible and leaves terminal colours out', async () => {
  const text = 'a\u202eb\u0000c\r\nd\u001b[31mred\u001b[0m\u001b]0;x';
  show({ ...hostile, parts: [{ kind: 'code', text }] });
  expect((await sendRequest(page.port, '/')).text).toContain('a⟨U+202E⟩b␀c␍\ndred␛]0;x');
});

it('cuts what is too long and says so', async () => {
  show({ ...hostile, parts: [{ kind: 'text', text: 'x'.repeat(5000) }] });
  expect((await sendRequest(page.port, '/')).text).toMatch(/(?<!x)x{4000}… \(1000 more characters\)/);
});
