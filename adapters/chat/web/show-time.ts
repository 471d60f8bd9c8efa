import { html } from 'hono/html';
import type { Markup } from './show-text.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21 Nov 2026`, of an ISO 8601 time in UTC. */
export function showDay(iso: string): string {
  return `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''} ${iso.slice(0, 4)}`;
}

/** `09:14:03 UTC`, of an ISO 8601 time in UTC. */
export function showTime(iso: string): Markup {
  return html`<time datetime="${iso}" title="${showDay(iso)}">${iso.slice(11, 19)} UTC</time>`;
}

/** `21 Nov, 09:14 UTC`, for a list that spans days. */
export function showDayAndTime(iso: string): Markup {
  return html`<time datetime="${iso}" title="${showDay(iso)}">${showDay(iso).slice(0, -5)}, ${iso.slice(11, 16)} UTC</time>`;
}
