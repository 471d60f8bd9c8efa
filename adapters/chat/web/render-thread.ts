import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import type { RunRecord } from './read-record.ts';
import { renderBody, renderMessage } from './render-card.ts';
import { renderRecord } from './render-record.ts';
import { type Markup, showText } from './show-text.ts';
import { showDay, showTime } from './show-time.ts';
import { practiceBadge, toneBadge } from './show-tone.ts';
import { type Place, runPath } from './visitor.ts';

/** A piece of the thread that is replaced as one: the same id and version look the same. */
export interface Fragment {
  readonly id: string;
  readonly version: string;
  /** What a screen reader is told when it appears or changes; empty for nothing. */
  readonly news: string;
  readonly render: () => Markup;
}

const versionOf = (...seen: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 16);

/**
 * A run's page from top to bottom: the state that stays in sight, the summary, the record, each reply under its day, and
 * who is at work.
 */
export function fragmentsOf(record: RunRecord, csrf: string, permalink: string): readonly Fragment[] {
  const { view } = record;
  const place: Place = { csrf, back: runPath(view.run), note: null };
  const fragments = [barOf(view, permalink), parentOf(view, place), recordOf(record)];
  const days = new Set<string>();
  for (const { key, at, card } of view.replies) {
    const day = at.slice(0, 10);
    if (!days.has(day)) fragments.push(dayOf(at));
    days.add(day);
    const id = `reply:${key}`;
    const version = versionOf(at, card);
    const render = () => renderMessage(card, id, version, showTime(at), place);
    fragments.push({ id, version, news: showText(card.fallback, 500), render });
  }
  if (!view.settled && view.parent.tone === 'working') fragments.push(WORKING);
  return fragments;
}

function barOf({ parent, practice, run }: ThreadView, permalink: string): Fragment {
  const version = versionOf(parent.tone, parent.title, practice);
  return {
    id: 'bar',
    version,
    news: showText(parent.title, 300),
    render: () =>
      html`<header class="bar tone-${parent.tone}" id="bar" data-version="${version}">${toneBadge(parent.tone)}<h1>${showText(parent.title, 300)}</h1>${practiceBadge(practice)}<a class="permalink" href="${permalink}" title="Link to this run">${run}</a></header>`,
  };
}

function parentOf({ parent }: ThreadView, place: Place): Fragment {
  const id = 'reply:parent';
  const version = versionOf(parent.parts, parent.buttons);
  const render = () =>
    html`<div class="parent" id="${id}" data-version="${version}">${renderBody(parent, id, place)}</div>`;
  return { id, version, news: '', render };
}

function recordOf(record: RunRecord): Fragment {
  const { view, timeline, decisions } = record;
  const version = versionOf(
    timeline,
    decisions,
    view.replies.map(({ key }) => key),
  );
  return { id: 'record', version, news: '', render: () => renderRecord(record, version) };
}

function dayOf(at: string): Fragment {
  const id = `day:${at.slice(0, 10)}`;
  return {
    id,
    version: '1',
    news: '',
    render: () => html`<p class="day" id="${id}" data-version="1"><span>${showDay(at)}</span></p>`,
  };
}

const WORKING: Fragment = {
  id: 'working',
  version: '1',
  news: '',
  render: () =>
    html`<p class="working" id="working" data-version="1"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>execfmt is at work; what it finds appears here</p>`,
};
