import { randomUUID } from 'node:crypto';
import type { Intent, IntentReply } from '../../../src/ports/application.ts';
import { BoundedMap } from './bounded-map.ts';
import type { PageContext } from './page-context.ts';
import { localPath, readForm, readPress } from './read-form.ts';
import type { Notes } from './remember-notes.ts';
import { SAID_LIMIT } from './render-button.ts';
import { renderPrivate } from './render-card.ts';
import { type PageRequest, runPath, type Visitor } from './visitor.ts';

const REMEMBERED = 1000;
const COMMAND_LIMIT = 500;

/** Answers the page's forms. */
export interface FormTaker {
  readonly takeCommand: (request: PageRequest) => Promise<Response>;
  /** `run`: empty for a press that belongs to none. */
  readonly takePress: (request: PageRequest, run: string) => Promise<Response>;
}

/** What becomes of a form that cannot be taken; the page decides how it looks. */
export type Refuse = (request: PageRequest, status: 400 | 403 | 411 | 413 | 415, message: string) => Promise<Response>;

/** Whether the page's script asks, which stays where it is, or the browser, which follows a redirect. */
export const isScript = (request: PageRequest): boolean => request.req.header('accept') === 'application/json';

export function createFormTaker(context: PageContext, notes: Notes, refuse: Refuse): FormTaker {
  // The same form twice (a double click, a reload) gets the first one's answer, not a second deed.
  const answered = new BoundedMap<Promise<IntentReply>>(REMEMBERED);
  const handleOnce = ({ person: by }: Visitor, delivery: string, what: Intent['what']): Promise<IntentReply> => {
    const key = `${by.id} ${delivery}`;
    const earlier = answered.get(key);
    if (earlier) return earlier;
    const conversation = { chat: 'web', id: 'page' } as const;
    const reply = context.application.handle({ by, conversation, delivery: `web:${delivery}`, what });
    answered.set(key, reply);
    return reply;
  };

  const answer = async (request: PageRequest, reply: IntentReply, back: string): Promise<Response> => {
    const { person, csrf } = request.get('visitor');
    const goTo = reply.kind === 'run' ? runPath(reply.run) : null;
    const note = reply.kind === 'private' ? notes.keep(reply.card, person) : null;
    if (isScript(request)) {
      const html =
        reply.kind === 'private' ? String(await renderPrivate(reply.card, 'note', { csrf, back, note })) : null;
      return request.json({ goTo, note: html, delivery: randomUUID() });
    }
    if (note === null) return request.redirect(goTo ?? `${back}#end`, 303);
    return request.redirect(`${back}${back.includes('?') ? '&' : '?'}note=${note}`, 303);
  };

  const read = (request: PageRequest) => readForm(request, request.get('visitor').csrf, context.origins);
  return {
    takeCommand: async (request) => {
      const reading = await read(request);
      if ('status' in reading) return refuse(request, reading.status, reading.message);
      const text = (reading.form.get('text') ?? '').trim();
      if (text.length > COMMAND_LIMIT)
        return refuse(request, 400, 'That command is too long: it may have 500 characters.');
      const reply = await handleOnce(request.get('visitor'), reading.delivery, { kind: 'command', text });
      const from = reading.form.get('run');
      return answer(request, reply, from === null ? '/' : runPath(from));
    },
    takePress: async (request, run) => {
      const reading = await read(request);
      if ('status' in reading) return refuse(request, reading.status, reading.message);
      const press = readPress(run, reading.form);
      if (!press)
        return refuse(request, 400, 'This button is not one of execfmt’s. Nothing was done; reload the page.');
      const said = reading.form.get('said');
      if (said !== null && said.length > SAID_LIMIT)
        return refuse(request, 400, `That line is too long: it may have ${SAID_LIMIT} characters. Nothing was done.`);
      const what = { kind: 'press', press, ...(said === null ? {} : { said: said.trim() }) } as const;
      const reply = await handleOnce(request.get('visitor'), reading.delivery, what);
      return answer(request, reply, run === '' ? localPath(reading.form.get('back')) : runPath(run));
    },
  };
}
