import type { Card } from './card.ts';

/** A run as a thread: the parent message and the replies in order, each with a key that stays the same. */
export interface ThreadView {
  readonly run: string;
  readonly target: string;
  readonly practice: boolean;
  /** Nothing is going on in it any more. */
  readonly settled: boolean;
  /** The run's last event. */
  readonly seq: number;
  readonly parent: Card;
  readonly replies: readonly Reply[];
}

export interface Reply {
  /** `step:host`, `verdict`, `plan:<id>`; the key of the parent is `parent`. */
  readonly key: string;
  /** ISO 8601, of the event it tells. */
  readonly at: string;
  readonly card: Card;
}
