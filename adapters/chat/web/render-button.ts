import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import type { Button, Press } from '../../../src/view/card.ts';
import { type Markup, showText, showWithDigests } from './show-text.ts';
import { practiceBadge } from './show-tone.ts';
import { type Place, runPath } from './visitor.ts';

/** The longest line that is taken with a press, in characters. */
export const SAID_LIMIT = 500;

/** What every form of the page carries: proof that it is ours, and a token of its own so that it is handled once. */
export function formTokens(csrf: string): Markup {
  return html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="delivery" value="${randomUUID()}">`;
}

function pressFields({ action, subject, hash }: Press): Markup {
  return html`<input type="hidden" name="action" value="${action}"><input type="hidden" name="subject" value="${subject}">${
    hash === null ? '' : html`<input type="hidden" name="hash" value="${hash}">`
  }`;
}

function pathOf({ run }: Press, verb: 'press' | 'confirm'): string {
  return run === '' ? `/${verb}` : `${runPath(run)}/${verb}`;
}

/** A button of a card. One that asks first opens a dialog, or without a script a page of its own. */
export function renderButton(button: Button, id: string, place: Place, practice: boolean): Markup {
  const { press, label, style } = button;
  const shown = showText(label, 100);
  if (!asksFirst(button)) {
    return html`<form method="post" action="${pathOf(press, 'press')}" data-send>${formTokens(place.csrf)}${pressFields(press)}${placeField(press, place)}<button id="${id}" class="button ${style}">${shown}</button></form>`;
  }
  const note = place.note === null ? '' : html`<input type="hidden" name="note" value="${place.note}">`;
  return html`<form method="get" action="${pathOf(press, 'confirm')}">${pressFields(press)}${placeField(press, place)}${note}<button id="${id}" class="button ${style}" data-opens="${id}:dialog" aria-haspopup="dialog">${shown}</button></form>${renderDialog(button, id, place, practice)}`;
}

const asksFirst = ({ confirm, ask }: Button) => confirm !== null || ask !== undefined;

/** Where a press that belongs to no run leads back to. */
function placeField({ run }: Press, { back }: Place): Markup {
  return run === '' ? html`<input type="hidden" name="back" value="${back}">` : html``;
}

const questionOf = ({ confirm, ask, label }: Button) => ({
  title: showText(confirm?.title ?? ask?.title ?? label, 200),
  ok: showText(confirm?.ok ?? ask?.ok ?? label, 100),
  cancel: showText(confirm?.cancel ?? 'Cancel', 100),
});

const exactly = ({ confirm }: Button, id: string): Markup =>
  confirm ? html`<p class="text exact" id="${id}:text">${showWithDigests(confirm.text)}</p>` : html``;

/** The line that a person is asked for; it may stay empty. */
function renderLine({ ask }: Button, id: string): Markup {
  if (!ask) return html``;
  return html`<p class="asked"><label for="${id}:said">${showText(ask.label, 200)}</label><input id="${id}:said" name="said" type="text" maxlength="${SAID_LIMIT}" autocomplete="off" autofocus></p>`;
}

function renderDialog(button: Button, id: string, place: Place, practice: boolean): Markup {
  const { press, style, ask } = button;
  const { title, ok, cancel } = questionOf(button);
  const described = button.confirm ? html` aria-describedby="${id}:text"` : '';
  return html`<dialog id="${id}:dialog" aria-labelledby="${id}:title"${described}><h2 id="${id}:title">${title} ${practiceBadge(practice)}</h2>${exactly(button, id)}<form method="post" action="${pathOf(press, 'press')}" data-send>${formTokens(place.csrf)}${pressFields(press)}${placeField(press, place)}${renderLine(button, id)}<div class="buttons"><button id="${id}:ok" class="button ${style}">${ok}</button><button type="button" id="${id}:cancel" class="button plain" data-closes${ask ? '' : html` autofocus`}>${cancel}</button></div></form></dialog>`;
}

/** The question before a press as a page of its own, for a browser without scripts. */
export function renderConfirmation(button: Button, place: Place, practice: boolean): Markup {
  const { press, style } = button;
  const { title, ok, cancel } = questionOf(button);
  return html`<section class="lone"><h1>${title} ${practiceBadge(practice)}</h1>${exactly(button, 'question')}<form method="post" action="${pathOf(press, 'press')}">${formTokens(place.csrf)}${pressFields(press)}${placeField(press, place)}${renderLine(button, 'question')}<div class="buttons"><button class="button ${style}">${ok}</button><a class="button plain" href="${place.back}">${cancel}</a></div></form></section>`;
}
