import { html } from 'hono/html';
import { formatDuration } from '../../../src/view/words.ts';
import type { Decision, RunRecord } from './read-record.ts';
import { type Markup, showText, showWithDigests } from './show-text.ts';
import { showDay, showDayAndTime, showTime } from './show-time.ts';
import { runPath } from './visitor.ts';

const ROW_LIMIT = 500;

/** The record of a run above its thread: where to find what, the transcript in three formats, timeline and approvals. */
export function renderRecord({ view, timeline, decisions }: RunRecord, version: string): Markup {
  return html`<section class="record" id="record" data-version="${version}" aria-label="Record of this run">${renderPlaces(view)}${renderTimeline(timeline)}${renderDecisions(decisions)}</section>`;
}

function renderPlaces({ run, replies }: RunRecord['view']): Markup {
  const first = (...kinds: readonly string[]) => replies.find(({ key }) => kinds.some((kind) => key.startsWith(kind)));
  const places = [
    ['Evidence', first('step:')],
    ['Verdict', first('verdict', 'failure')],
    ['Approval', first('plan:')],
    ['Action', first('action:')],
  ] as const;
  const links = places.map(([name, reply]) =>
    reply ? html`<li><a href="#reply:${encodeURIComponent(reply.key)}">${name}</a></li>` : '',
  );
  const formats = [
    ['md', 'Markdown'],
    ['html', 'HTML'],
    ['json', 'JSON'],
  ] as const;
  return html`<nav aria-label="Parts of this run"><ul class="places">${links}<li>Transcript: ${formats.map(
    ([format, name], index) =>
      html`${index > 0 ? ' · ' : ''}<a href="${runPath(run)}/transcript.${format}">${name}</a>`,
  )}</li></ul></nav>`;
}

function renderTimeline(timeline: RunRecord['timeline']): Markup {
  const [first] = timeline;
  const last = timeline.at(-1);
  if (!first || !last) return html``;
  const day = first.at.slice(0, 10);
  const rows = timeline
    .slice(0, ROW_LIMIT)
    .map(
      ({ at, sinceMs, what }) =>
        html`<tr><td class="when">${at.startsWith(day) ? showTime(at) : showDayAndTime(at)}</td><td class="since">+${formatDuration(sinceMs)}</td><td>${showWithDigests(what, 600)}</td></tr>`,
    );
  const more = timeline.length - ROW_LIMIT;
  return html`<details id="timeline"><summary>Timeline: ${timeline.length} ${timeline.length === 1 ? 'entry' : 'entries'} over ${formatDuration(last.sinceMs)}</summary><table class="log"><caption class="unseen">Timeline of ${showDay(first.at)}, UTC</caption><thead><tr><th scope="col">Time</th><th scope="col">After</th><th scope="col">What</th></tr></thead><tbody>${rows}</tbody></table>${
    more > 0 ? html`<p class="note">… and ${more} more; the transcript has them all</p>` : ''
  }</details>`;
}

function renderDecisions(decisions: readonly Decision[]): Markup {
  if (decisions.length === 0) return html``;
  const rows = decisions
    .slice(0, ROW_LIMIT)
    .map(
      ({ at, who, what, plan }) =>
        html`<tr><td class="when">${showTime(at)}</td><td>${showText(who, 200)}</td><td>${showText(what, 600)}</td><td><a href="#reply:${encodeURIComponent(`plan:${plan}`)}">${showText(plan, 60)}</a></td></tr>`,
    );
  return html`<details id="approvals"><summary>Approvals: ${decisions.length} ${decisions.length === 1 ? 'entry' : 'entries'}</summary><table class="log"><caption class="unseen">Approvals</caption><thead><tr><th scope="col">Time</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Plan</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}
