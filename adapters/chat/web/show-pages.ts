import { html } from 'hono/html';
import type { Card } from '../../../src/view/card.ts';
import { SHOWN } from './list-runs.ts';
import { addressOf, type PageContext } from './page-context.ts';
import { localPath, readPress } from './read-form.ts';
import { type RunRecord, readRecord } from './read-record.ts';
import type { Notes } from './remember-notes.ts';
import { renderConfirmation } from './render-button.ts';
import { renderPrivate } from './render-card.ts';
import { type PageContent, renderPage, renderScroller, streamOf } from './render-page.ts';
import { listPath, readRunQuery, renderFound, renderRunList } from './render-run-list.ts';
import { fragmentsOf } from './render-thread.ts';
import { renderSentence, renderWelcome } from './render-welcome.ts';
import type { Markup } from './show-text.ts';
import { type PageRequest, type Place, runPath } from './visitor.ts';

export type ErrorStatus = 400 | 403 | 404 | 411 | 413 | 415;

/** The answers that are whole pages. */
export interface Pages {
  /** The latest run, or before the first one what to type. */
  start(request: PageRequest): Promise<Response>;
  /** All runs, and the search among them. */
  list(request: PageRequest): Promise<Response>;
  run(request: PageRequest, run: string): Promise<Response>;
  /** The question before a press, for as long as the thread or the private answer offers that press. */
  confirmation(request: PageRequest, run: string): Promise<Response>;
  noRun(request: PageRequest): Promise<Response>;
  sentence(request: PageRequest, status: ErrorStatus, title: string, sentence: string): Promise<Response>;
}

const STILL = { run: null, stream: '', following: false, notes: html`` } as const;

export function createPages(context: PageContext, notes: Notes): Pages {
  const { application } = context;
  const show = async (request: PageRequest, content: PageContent, status: ErrorStatus | 200 = 200) => {
    const [rows, targets] = [await context.listRuns(SHOWN), await application.targets()];
    return request.html(renderPage(request.get('visitor'), context, rows, targets, content), status);
  };
  const noteOf = (request: PageRequest, back: string): Markup => {
    const { person, csrf } = request.get('visitor');
    const note = request.req.query('note');
    const card = notes.read(note, person);
    return card ? renderPrivate(card, 'note', { csrf, back, note: note ?? null }) : html``;
  };
  const showRun = (request: PageRequest, record: RunRecord): Promise<Response> => {
    const { run, target, parent, settled } = record.view;
    const fragments = fragmentsOf(record, request.get('visitor').csrf, addressOf(context, run));
    const main = renderScroller(
      fragments.map(({ render }) => render()),
      `Thread of ${target}`,
    );
    const frame = { title: parent.title, run, stream: streamOf(run), following: !settled };
    return show(request, { ...frame, notes: noteOf(request, runPath(run)), main });
  };
  const pages: Pages = {
    async start(request) {
      const [latest] = await application.runs(1);
      const record = latest ? await readRecord(application, latest.run) : null;
      if (record) return showRun(request, record);
      const welcome = renderWelcome(context, request.get('visitor'), await application.targets());
      const frame = { ...STILL, title: '#incidents', stream: '/stream', notes: noteOf(request, '/') };
      return show(request, { ...frame, main: renderScroller(welcome, 'Welcome') });
    },
    async list(request) {
      const query = readRunQuery(new URL(request.req.url).searchParams);
      const found = renderFound(query, await context.listRuns(query.limit + 1, query.matching));
      const title = query.matching === '' ? 'Runs' : `Runs with ${query.matching}`;
      const frame = { ...STILL, title, stream: listPath('/runs/stream', query), notes: noteOf(request, '/runs') };
      return show(request, { ...frame, main: renderScroller(renderRunList(query, found), 'Runs') });
    },
    async run(request, run) {
      const record = await readRecord(application, run);
      return record ? showRun(request, record) : pages.noRun(request);
    },
    async confirmation(request, run) {
      const fields = new URL(request.req.url).searchParams;
      const { csrf, person } = request.get('visitor');
      const view = run === '' ? null : await application.thread(run);
      if (run !== '' && !view) return pages.noRun(request);
      const note = notes.read(fields.get('note') ?? undefined, person);
      const cards = [...(view ? [view.parent, ...view.replies.map(({ card }) => card)] : []), ...(note ? [note] : [])];
      const found = findButton(cards, run, fields);
      const gone = 'The thread has moved on since. Nothing was done; look at it again.';
      if (!found) return pages.sentence(request, 404, 'This is no longer offered', gone);
      const back = run === '' ? localPath(fields.get('back')) : runPath(run);
      const place: Place = { csrf, back, note: null };
      const main = renderScroller(renderConfirmation(found.button, place, found.card.practice), 'Confirmation');
      return show(request, { ...STILL, title: found.button.label, run: run === '' ? null : run, main });
    },
    noRun: (request) =>
      pages.sentence(request, 404, 'No such run', 'No run has this name. The list of runs has those that there are.'),
    sentence: (request, status, title, sentence) =>
      show(request, { ...STILL, title, main: renderScroller(renderSentence(title, sentence), title) }, status),
  };
  return pages;
}

/** The button that stands for the press in an address; what is shown comes from the cards alone. */
function findButton(cards: readonly Card[], run: string, address: URLSearchParams) {
  const asked = readPress(run, address);
  return cards
    .flatMap((card) => card.buttons.map((button) => ({ card, button })))
    .find(
      ({ button: { press } }) =>
        press.run === run &&
        press.action === asked?.action &&
        press.subject === asked.subject &&
        press.hash === asked.hash,
    );
}
