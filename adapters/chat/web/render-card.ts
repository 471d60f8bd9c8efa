import { html } from 'hono/html';
import type { Card } from '../../../src/view/card.ts';
import { renderButton } from './render-button.ts';
import { renderPart } from './render-part.ts';
import { type Markup, showText } from './show-text.ts';
import { practiceBadge, toneBadge, toneIcon } from './show-tone.ts';
import type { Place } from './visitor.ts';

/** Everything of a card below its title. */
export function renderBody(card: Card, id: string, place: Place): Markup {
  const parts = card.parts.map((part, index) => renderPart(part, `${id}:part-${index}`));
  const buttons = card.buttons.map((button, index) =>
    renderButton(button, `${id}:button-${index}`, place, card.practice),
  );
  return html`${parts}${buttons.length > 0 ? html`<div class="buttons">${buttons}</div>` : ''}`;
}

/** A card as a message of the thread. */
export function renderMessage(card: Card, id: string, version: string, time: Markup, place: Place): Markup {
  return html`<article class="message tone-${card.tone}" id="${id}" data-version="${version}" aria-labelledby="${id}:title"><span class="avatar">${toneIcon(card.tone)}</span><div class="content"><header><h2 id="${id}:title">${showText(card.title, 300)}</h2>${toneBadge(card.tone)}${practiceBadge(card.practice)}${time}</header>${renderBody(card, id, place)}</div></article>`;
}

/** An answer for the person at the page alone, with a way to put it aside. */
export function renderPrivate(card: Card, id: string, place: Place): Markup {
  return html`<article class="private tone-${card.tone}" id="${id}" aria-labelledby="${id}:title"><p class="only">Only you see this</p><header><h2 id="${id}:title">${toneIcon(card.tone)}${showText(card.title, 300)}</h2>${practiceBadge(card.practice)}<a class="dismiss" href="${place.back}" data-dismiss="${id}">Dismiss</a></header>${renderBody(card, id, place)}</article>`;
}
