import { html } from 'hono/html';
import type { Button, Card, CardPart } from '../../../src/view/card.ts';

type Html = ReturnType<typeof html>;

const TONE: Readonly<Record<Card['tone'], { mark: string; word: string }>> = {
  working: { mark: '⋯', word: 'working' },
  ok: { mark: '✓', word: 'ok' },
  problem: { mark: '✗', word: 'problem' },
  unknown: { mark: '?', word: 'unknown' },
  decision: { mark: '→', word: 'your decision' },
};

/** Where a card stands, for its buttons; null for a card without a place (a private answer). */
export interface CardPlace {
  readonly run: string;
  readonly key: string;
  readonly csrf: string;
}

/** A card as HTML. All text is escaped by the template; none of it becomes markup or a link. */
export function renderCard(card: Card, at: string | null, place: CardPlace | null): Html {
  const { mark, word } = TONE[card.tone];
  return html`<article class="card ${card.tone}" id="${place ? `card-${place.key}` : 'told'}">
    <header>
      <span class="mark" aria-hidden="true">${mark}</span>
      <h3>${card.title}<span class="sr"> (${word})</span></h3>
      ${card.practice ? html`<span class="badge">Practice</span>` : ''}
      ${at ? html`<time datetime="${at}">${at.slice(11, 19)} UTC</time>` : ''}
    </header>
    ${card.parts.map(renderPart)}
    ${card.buttons.length > 0 && place ? html`<div class="buttons">${card.buttons.map((button, index) => renderButton(button, index, place))}</div>` : ''}
  </article>`;
}

function renderPart(part: CardPart): Html {
  switch (part.kind) {
    case 'text':
      return html`<p class="text">${part.text}</p>`;
    case 'note':
      return html`<p class="note">${part.text}</p>`;
    case 'code':
      return html`<div class="code"><pre tabindex="0">${part.text}</pre><button type="button" class="copy" hidden>Copy</button></div>`;
    case 'list':
      return part.ordered
        ? html`<ol>${part.items.map((item) => html`<li>${item}</li>`)}</ol>`
        : html`<ul>${part.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case 'facts':
      return html`<dl>${part.facts.map(
        ({ label, value, odd }) =>
          html`<div class="${odd ? 'odd' : ''}"><dt>${label}</dt><dd>${value}${odd ? html` <strong class="differs">differs</strong>` : ''}</dd></div>`,
      )}</dl>`;
  }
}

/** A press is a form. One that asks first links to a page that asks; the script shows the same question in a dialog. */
function renderButton(button: Button, index: number, { run, key, csrf }: CardPlace): Html {
  const { confirm } = button;
  const form = html`<form method="post" action="/runs/${run}/press">
    <input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="key" value="${key}"><input type="hidden" name="index" value="${index}">
    <input type="hidden" name="hash" value="${button.press.hash ?? ''}"><input type="hidden" name="delivery" value="" class="delivery">
    <button type="submit" class="${button.style}">${confirm ? confirm.ok : button.label}</button></form>`;
  if (!confirm) return form;
  return html`<a class="button ${button.style}" role="button" href="/runs/${run}/confirm/${encodeURIComponent(key)}/${index}" data-dialog="ask-${key}-${index}">${button.label}</a>
    <dialog id="ask-${key}-${index}" aria-labelledby="title-${key}-${index}">
      <h3 id="title-${key}-${index}">${confirm.title}</h3><pre>${confirm.text}</pre>
      <div class="buttons">${form}<form method="dialog"><button class="plain">${confirm.cancel}</button></form></div>
    </dialog>`;
}
