import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Intent, IntentReply } from '../../../src/ports/application.ts';
import type { Card } from '../../../src/view/card.ts';
import { BoundedMap } from './bounded-map.ts';
import type { PageContext } from './page-context.ts';
import { readForm, readPress } from './read-form.ts';
import { renderPrivate } from './render-card.ts';

const REMEMBERED = 1000;
const COMMAND_LIMIT = 500;

/** Answers the page's forms and keeps the private answers for the page that comes after a redirect. */
export interface FormTaker {
  readonly takeCommand: (request: Context) => Promise<Response>;
  readonly takePress: (request: Context, run: string) => Promise<Response>;
  /** A private answer by the name it has in `?note=`. */
  readonly noteOf: (id: string | undefined) => Card | undefined;
}

/** What becomes of a form that cannot be taken; the page decides how it looks. */
export type Refuse = (request: Context, status: 400 | 403 | 411 | 413 | 415, message: string) => Promise<Response>;

/** Whether the page's script asks, which stays where it is, or the browser, which follows a redirect. */
export const isScript = (request: Context): boolean => request.req.header('accept') === 'application/json';

export function createFormTaker(context: PageContext, refuse: Refuse): FormTaker {
  const notes = new BoundedMap<Card>(100);
  // The same form twice (a double click, a reload) gets the first one's answer, not a second deed.
  const answered = new BoundedMap<Promise<IntentReply>>(REMEMBERED);
  const handleOnce = (delivery: string, what: Intent['what']): Promise<IntentReply> => {
    const earlier = answered.get(delivery);
    if (earlier) return earlier;
    const { application, person: by } = context;
    const conversation = { chat: 'web', id: 'page' } as const;
    const reply = application.handle({ by, conversation, delivery: `web:${delivery}`, what });
    answered.set(delivery, reply);
    return reply;
  };

  const answer = async (request: Context, reply: IntentReply, from: string | null): Promise<Response> => {
    const back = from === null ? '/' : `/runs/${encodeURIComponent(from)}`;
    const goTo = reply.kind === 'run' ? `/runs/${encodeURIComponent(reply.run)}` : null;
    const note = randomUUID();
    if (isScript(request)) {
      const html =
        reply.kind === 'private' ? String(await renderPrivate(reply.card, 'note', back, context.csrf)) : null;
      return request.json({ goTo, note: html, delivery: randomUUID() });
    }
    if (reply.kind !== 'private') return request.redirect(goTo ?? `${back}#end`, 303);
    notes.set(note, reply.card);
    return request.redirect(`${back}?note=${note}`, 303);
  };

  return {
    noteOf: (id) => notes.get(id ?? ''),
    takeCommand: async (request) => {
      const reading = await readForm(request, context.csrf);
      if ('status' in reading) return refuse(request, reading.status, reading.message);
      const text = (reading.form.get('text') ?? '').trim();
      if (text.length > COMMAND_LIMIT)
        return refuse(request, 400, 'That command is too long: it may have 500 characters.');
      const reply = await handleOnce(reading.delivery, { kind: 'command', text });
      return answer(request, reply, reading.form.get('run'));
    },
    takePress: async (request, run) => {
      const reading = await readForm(request, context.csrf);
      if ('status' in reading) return refuse(request, reading.status, reading.message);
      const press = readPress(run, reading.form);
      if (!press)
        return refuse(request, 400, 'This button is not one of execfmt’s. Nothing was done; reload the page.');
      return answer(request, await handleOnce(reading.delivery, { kind: 'press', press }), run);
    },
  };
}
