import type { Person } from '../../approval/person.ts';
import type { RunEvent } from '../events.ts';
import { formatDuration } from '../format-duration.ts';
import type { RunState } from '../run-state.ts';
import type { ThreadMessages } from '../thread-message.ts';

/** What the sections are written from. */
export interface Subject {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  /** The last link of the hash chain. */
  readonly head: string;
  readonly thread: ThreadMessages;
  /** Of the program that writes the transcript. */
  readonly version: string;
}

/** `2026-11-21 09:00:03.412Z` */
export function formatUtc(iso: string): string {
  return iso.replace('T', ' ');
}

/** The time since the command that opened the run: `after 3.4 s`. Never negative: a clock may have been set back. */
export function since({ state }: Pick<Subject, 'state'>, at: string): string {
  return formatDuration(Math.max(0, Date.parse(at) - Date.parse(state.openedAt)));
}

/** A person by name and by the identity that counted. */
export function namePerson({ id, name }: Person): string {
  return `${name} (${id})`;
}
