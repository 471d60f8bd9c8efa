import { html } from 'hono/html';
import type { Card } from '../../../src/view/card.ts';
import type { Markup } from './show-text.ts';

type Tone = Card['tone'];

/** A tone is never told by colour alone: each has a word and a shape of its own. */
export const TONE_WORD: Readonly<Record<Tone, string>> = {
  working: 'Working',
  ok: 'OK',
  problem: 'Problem',
  unknown: 'Unknown',
  decision: 'Decision',
};

const SHAPE: Readonly<Record<Tone, Markup>> = {
  working: html`<path class="spin" d="M8 1.8a6.2 6.2 0 1 1-6.2 6.2"/><path d="M8 4.8V8l2.2 1.6"/>`,
  ok: html`<circle cx="8" cy="8" r="6.2"/><path d="m5.2 8.3 2 2 3.7-4.2"/>`,
  problem: html`<path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z"/><path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2"/>`,
  unknown: html`<circle cx="8" cy="8" r="6.2"/><path d="M6.2 6.4c0-2.4 3.7-2.3 3.7 0 0 1.5-1.9 1.5-1.9 2.8m0 2v.1"/>`,
  decision: html`<path d="M8 1.4 14.6 8 8 14.6 1.4 8z"/><path d="M8 5v3.4m0 2.2v.1"/>`,
};

/** The shape of a tone, for beside its word; a screen reader passes over it. */
export function toneIcon(tone: Tone): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${SHAPE[tone]}</svg>`;
}

/** Shape and word: `✓ OK`. */
export function toneBadge(tone: Tone): Markup {
  return html`<span class="badge tone-${tone}">${toneIcon(tone)}${TONE_WORD[tone]}</span>`;
}

/** Marks what belongs to a practice incident. */
export function practiceBadge(practice: boolean): Markup {
  return practice ? html`<span class="practice">PRACTICE</span>` : html``;
}
