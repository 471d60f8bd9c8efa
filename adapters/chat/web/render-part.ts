import { html } from 'hono/html';
import type { CardPart } from '../../../src/view/card.ts';
import { type Markup, showText, showWithDigests } from './show-text.ts';

const CODE_LIMIT = 16_000;
const ROW_LIMIT = 200;
/** Code of more lines than this is folded away. */
const FOLD_LINES = 14;

/** One part of a card; `id` is unique on the page and stays the same while the card changes. */
export function renderPart(part: CardPart, id: string): Markup {
  switch (part.kind) {
    case 'text':
      return html`<p class="text">${showWithDigests(part.text)}</p>`;
    case 'note':
      return html`<p class="note">${showWithDigests(part.text)}</p>`;
    case 'code':
      return renderCode(part.text, id);
    case 'list':
      return renderList(part.ordered, part.items);
    case 'facts':
      return renderFacts(part.facts);
  }
}

function renderCode(text: string, id: string): Markup {
  const shown = showText(text, CODE_LIMIT);
  const lines = shown.split('\n').length;
  const block = html`<div class="code"><pre><code>${shown}</code></pre><button type="button" class="copy" data-copy hidden>Copy</button></div>`;
  return lines > FOLD_LINES
    ? html`<details id="${id}"><summary>Show ${lines} lines</summary>${block}</details>`
    : block;
}

function renderList(ordered: boolean, items: readonly string[]): Markup {
  const rows = items.slice(0, ROW_LIMIT).map((item) => html`<li>${showWithDigests(item)}</li>`);
  const rest = items.length > ROW_LIMIT ? html`<p class="note">… and ${items.length - ROW_LIMIT} more</p>` : '';
  return ordered ? html`<ol>${rows}</ol>${rest}` : html`<ul>${rows}</ul>${rest}`;
}

function renderFacts(facts: Extract<CardPart, { kind: 'facts' }>['facts']): Markup {
  const rows = facts
    .slice(0, ROW_LIMIT)
    .map(
      ({ label, value, odd }) =>
        html`<tr class="${odd ? 'odd' : 'even'}"><th scope="row">${showText(label, 200)}</th><td>${showWithDigests(value)}${
          odd ? html` <strong class="differs">≠ differs</strong>` : ''
        }</td></tr>`,
    );
  return html`<table class="facts"><tbody>${rows}</tbody></table>`;
}
