import type { StepStatus } from '../playbook/finding.ts';
import { describePlace } from '../playbook/place.ts';
import type { RunState } from '../run/run-state.ts';
import type { Card } from './card.ts';

export { formatDuration } from '../run/format-duration.ts';

/** How long ago an event was, for people: `40 s`, `12 min`, `3 h`, `5 d`. Never negative. */
export function formatAge(iso: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(iso)) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** The time of day of an event: `09:14:03 UTC`. */
export function formatTime(iso: string): string {
  return `${iso.slice(11, 19)} UTC`;
}

export const STATUS_WORD: Readonly<Record<StepStatus, string>> = {
  ok: 'ok',
  problem: 'problem',
  unknown: 'unknown',
  skipped: 'skipped',
};

export const STATUS_TONE: Readonly<Record<StepStatus, Card['tone']>> = {
  ok: 'ok',
  problem: 'problem',
  unknown: 'unknown',
  skipped: 'unknown',
};

/** Where a run looked: `pdf-renderer on render-01`, or how many places. */
export function describePlaces({ places }: RunState): string {
  const [first] = places;
  if (!first) return 'no instance found yet';
  return places.length === 1 ? describePlace(first) : `${places.length} instances`;
}

/** A sentence from the middle of one. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
