import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Button, Card } from '../../../src/view/card.ts';
import { type OpenPage, openPage } from './open-page.ts';
import { openedView, put, RUN } from './pdf-renderer-story.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { formOf, postForm, sendRequest } from './send-request.ts';

const decline: Button = {
  label: 'Decline',
  style: 'plain',
  press: { action: 'decline', run: RUN, subject: 'p1', hash: 'h1' },
  confirm: null,
  ask: { title: 'Decline this rollback?', label: 'Why (may be empty)', ok: 'Decline it' },
};
const list: Button = {
  label: 'What can be asked for',
  style: 'plain',
  press: { action: 'command', run: '', subject: 'list', hash: null },
  confirm: null,
};
const card = (...buttons: Button[]): Card => ({
  ...{ tone: 'decision', title: 'Roll back?', practice: true, parts: [], fallback: 'Roll back?' },
  buttons,
});

let application: ScriptedApplication;
let page: OpenPage;
const get = (path: string) => sendRequest(page.port, path);
const offer = (...buttons: Button[]) =>
  application.show(put(openedView(), 'plan:p1', '09:15:10.000', card(...buttons)), '2026-11-21T09:14:01.000Z');

beforeEach(async () => {
  application = new ScriptedApplication();
  page = await openPage(application);
});
afterEach(() => page.close());

it('asks for the line in a dialog, and on a page of its own without a script', async () => {
  offer(decline);
  const { text } = await get(`/runs/${RUN}`);
  const dialog = text.slice(text.indexOf('<dialog'), text.indexOf('</dialog>'));
  expect(dialog).toContain('Decline this rollback?');
  expect(dialog).toMatch(
    /<label for="([^"]+)">Why \(may be empty\)<\/label><input id="\1" name="said" type="text" maxlength="500"/,
  );
  expect(dialog).toContain('>Decline it</button>');
  const query = formQuery(text, `/runs/${RUN}/confirm`);
  const { status, text: question } = await get(`/runs/${RUN}/confirm?${query}`);
  expect(status).toBe(200);
  expect(question).toContain('<h1>Decline this rollback?');
  expect(question).toContain('name="said"');
});

it.each([
  ['  too risky now ', 'too risky now'],
  ['', ''],
  ['<b>&"', '<b>&"'],
])('sends %j with the press', async (typed, said) => {
  offer(decline);
  const form = formOf((await get(`/runs/${RUN}`)).text, `/runs/${RUN}/press`);
  form.set('said', typed);
  expect((await postForm(page.port, `/runs/${RUN}/press`, form)).status).toBe(303);
  expect(application.handled.at(-1)?.what).toEqual({ kind: 'press', press: decline.press, said });
});

it('takes no more than 500 characters, and says nothing where nothing was asked', async () => {
  offer(decline, { ...decline, press: { ...decline.press, subject: 'p2' } });
  const form = formOf((await get(`/runs/${RUN}`)).text, `/runs/${RUN}/press`);
  form.set('said', 'x'.repeat(501));
  expect((await postForm(page.port, `/runs/${RUN}/press`, form)).status).toBe(400);
  expect(application.handled).toEqual([]);
  form.delete('said');
  await postForm(page.port, `/runs/${RUN}/press`, form);
  expect(application.handled[0]?.what).toEqual({ kind: 'press', press: decline.press });
});

it('takes a press that is a command, which belongs to no run', async () => {
  offer(list);
  const { text } = await get(`/runs/${RUN}`);
  const form = formOf(text, '/press');
  expect(form.get('back')).toBe(`/runs/${RUN}`);
  const answer = await postForm(page.port, '/press', form);
  expect(answer.headers.location).toBe(`/runs/${RUN}#end`);
  expect(application.handled.at(-1)?.what).toEqual({ kind: 'press', press: list.press });
});

it('takes nothing but commands without a run, and leads back to no other place', async () => {
  offer(list);
  const { text } = await get(`/runs/${RUN}`);
  const form = formOf(text, '/press');
  for (const action of ['approve', 'decline', 'propose', 'again', 'destroy']) {
    form.set('action', action);
    expect((await postForm(page.port, '/press', form)).status, action).toBe(400);
  }
  expect(application.handled).toEqual([]);
  for (const back of ['//evil.example', 'https://evil.example/', '/runs/../../evil', '/runs/a#b']) {
    const fresh = formOf(text, '/press');
    fresh.set('back', back);
    fresh.set('delivery', crypto.randomUUID());
    expect((await postForm(page.port, '/press', fresh)).headers.location, back).toBe('/#end');
  }
});

it('asks before a command of a private answer too, for the one it was told to', async () => {
  const asking: Button = { ...list, confirm: { title: 'Sure?', text: 'All of it', ok: 'Yes', cancel: 'No' } };
  application.handle = async () => ({ kind: 'private', card: card(asking) });
  const command = formOf((await get('/')).text, '/command');
  command.set('text', 'help');
  const note = String((await postForm(page.port, '/command', command)).headers.location);
  const { text } = await get(note);
  const query = formQuery(text, '/confirm');
  expect((await get(`/confirm?${query}`)).text).toContain('<h1>Sure?');
  query.set('note', crypto.randomUUID());
  expect((await get(`/confirm?${query}`)).status).toBe(404);
  query.delete('note');
  expect((await get(`/confirm?${query}`)).status).toBe(404);
});

/** What a browser without a script would send from the form that opens the question. */
function formQuery(text: string, action: string): URLSearchParams {
  const form = text.split('<form ').find((piece) => piece.startsWith(`method="get" action="${action}"`)) ?? '';
  const fields = [...(form.split('</form>')[0] ?? '').matchAll(/name="([^"]*)" value="([^"]*)"/g)];
  return new URLSearchParams(fields.map(([, name, value]): [string, string] => [name ?? '', value ?? '']));
}
