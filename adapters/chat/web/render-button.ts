import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import type { Button, Press } from '../../../src/view/card.ts';
import { type Markup, showText, showWithDigests } from './show-text.ts';
import { practiceBadge } from './show-tone.ts';

/** What every form of the page carries: proof that it is ours, and a token of its own so that it is handled once. */
export function formTokens(csrf: string): Markup {
  return html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="delivery" value="${randomUUID()}">`;
}

function pressFields({ action, subject, hash }: Press): Markup {
  return html`<input type="hidden" name="action" value="${action}"><input type="hidden" name="subject" value="${subject}">${
    hash === null ? '' : html`<input type="hidden" name="hash" value="${hash}">`
  }`;
}

const pathOf = ({ run }: Press, verb: 'press' | 'confirm') => `/runs/${encodeURIComponent(run)}/${verb}`;

/** A button of a card. One that is asked about first opens a dialog, or without a script a page of its own. */
export function renderButton(button: Button, id: string, csrf: string, practice: boolean): Markup {
  const { press, label, style, confirm } = button;
  if (!confirm) {
    return html`<form method="post" action="${pathOf(press, 'press')}" data-send>${formTokens(csrf)}${pressFields(press)}<button id="${id}" class="button ${style}">${showText(label, 100)}</button></form>`;
  }
  return html`<form method="get" action="${pathOf(press, 'confirm')}">${pressFields(press)}<button id="${id}" class="button ${style}" data-opens="${id}:dialog">${showText(label, 100)}</button></form><dialog id="${id}:dialog" aria-labelledby="${id}:title"><h2 id="${id}:title">${showText(confirm.title, 200)} ${practiceBadge(practice)}</h2><p class="text exact">${showWithDigests(confirm.text)}</p><form method="post" action="${pathOf(press, 'press')}" data-send class="buttons">${formTokens(csrf)}${pressFields(press)}<button id="${id}:ok" class="button ${style}">${showText(confirm.ok, 100)}</button><button type="button" id="${id}:cancel" class="button plain" data-closes autofocus>${showText(confirm.cancel, 100)}</button></form></dialog>`;
}

/** The question before a press as a page of its own, for a browser without scripts. */
export function renderConfirmation(button: Button, csrf: string, practice: boolean): Markup {
  const { press, style, confirm } = button;
  const back = `/runs/${encodeURIComponent(press.run)}`;
  return html`<section class="lone"><h1>${showText(confirm?.title ?? button.label, 200)} ${practiceBadge(practice)}</h1><p class="text exact">${showWithDigests(confirm?.text ?? '')}</p><form method="post" action="${pathOf(press, 'press')}" class="buttons">${formTokens(csrf)}${pressFields(press)}<button class="button ${style}">${showText(confirm?.ok ?? button.label, 100)}</button><a class="button plain" href="${back}">${showText(confirm?.cancel ?? 'Cancel', 100)}</a></form></section>`;
}
