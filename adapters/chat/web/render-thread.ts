import { html } from 'hono/html';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { renderCard } from './render-card.ts';

/** A run's thread: the parent, then the replies, each with an id that stays the same. */
export function renderThread(view: ThreadView, csrf: string) {
  const place = (key: string) => ({ run: view.run, key, csrf });
  return html`<div class="parent">${renderCard(view.parent, null, place('parent'))}</div>
    <div class="replies">${view.replies.map(({ key, at, card }) => renderCard(card, at, place(key)))}</div>
    ${view.settled ? '' : html`<p class="waiting" id="waiting"><span class="dots" aria-hidden="true"></span>${view.parent.tone === 'decision' ? 'Waiting for a decision…' : 'Going on…'}</p>`}`;
}
