import type { Person } from '../approval/person.ts';

/** What a person wrote in the thread of a run. Read when a transcript is made, never stored among the events. */
export interface ThreadMessage {
  readonly by: Person;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Untrusted, and cut when it is long. */
  readonly text: string;
}

/** How many messages of a thread are read at most: the oldest ones. */
export const MOST_MESSAGES = 200;

/** How much of one message is kept, in characters. */
export const LONGEST_MESSAGE = 4_000;

/** The messages of people, or a sentence why they could not be read. */
export type ThreadMessages =
  | { readonly kind: 'read'; readonly messages: readonly ThreadMessage[] }
  | { readonly kind: 'not-read'; readonly why: string };
