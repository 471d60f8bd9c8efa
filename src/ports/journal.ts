import type { EventDraft, RunEvent } from '../run/events.ts';
import type { Intent } from './application.ts';

/** A run in a list. */
export interface RunListing {
  readonly run: string;
  readonly target: string;
  readonly openedAt: string;
}

/** Where a message of a run stands in a chat, and which version of it was posted last. */
export interface PostedMessage {
  /** Opaque to all but that chat's adapter; null while a post is under way or its end is unknown. */
  readonly ref: string | null;
  /** Of the card that was posted or last updated. */
  readonly version: string;
}

/** An intent that was received and is not handled to the end. */
export interface StoredIntent {
  /** The key under which it was received. */
  readonly key: string;
  readonly intent: Intent;
  readonly at: Date;
}

/** The append-only store of runs. Durable when a call resolves. */
export interface Journal {
  /**
   * Opens a run for a target with its first event, or, if one is open for that target, gives that one's id back.
   * Atomic: of two at once exactly one opens.
   */
  open(run: string, target: string, first: EventDraft, at: Date): Promise<{ run: string; opened: boolean }>;
  /** The target may be asked for again from now on; the run itself can still be appended to. */
  close(run: string): Promise<void>;
  /** Appends what has a new key; a key that the run has already stays as it was. Gives the events that were new. */
  append(run: string, drafts: readonly EventDraft[], at: Date): Promise<readonly RunEvent[]>;
  /** All events of a run in order; empty when there is no such run. */
  read(run: string): Promise<readonly RunEvent[]>;
  /**
   * Newest first. With `matching`, those whose id or target contains it; letters count in either case, and no character in
   * it has a meaning of its own.
   */
  list(limit: number, matching?: string): Promise<readonly RunListing[]>;
  /** Whether this key is seen for the first time (a platform's own id of a delivery, a signature). Atomic. */
  claim(key: string, at: Date): Promise<boolean>;
  /**
   * Keeps an intent until it is handled, whatever becomes of this process. False, and nothing is kept, when the key was received
   * or claimed before. Atomic.
   */
  receive(key: string, intent: Intent, at: Date): Promise<boolean>;
  /** The intent is not kept any longer; its key stays claimed. */
  handled(key: string): Promise<void>;
  /** What was received before that and is not handled, oldest first, at most 100. */
  unhandled(before: Date): Promise<readonly StoredIntent[]>;
  /** Forgets claims, and intents that nobody handled, older than `before`. */
  forgetClaims(before: Date): Promise<void>;

  /** The messages of a run that a chat holds, by the key of the card. */
  posted(run: string, chat: string): Promise<ReadonlyMap<string, PostedMessage>>;
  setPosted(run: string, chat: string, key: string, message: PostedMessage): Promise<void>;
  /** Runs that a chat has not been told to the end: last told seq below the run's last. */
  untold(chat: string): Promise<readonly string[]>;
  setTold(run: string, chat: string, seq: number): Promise<void>;

  /**
   * Takes a lease for this journal's process, or keeps the one that it has, for `forMs` from now by the store's own clock.
   * False while another process has it. Atomic.
   */
  lease(name: string, forMs: number): Promise<boolean>;
  /** Gives a lease up; nothing happens when another process has it by now. */
  release(name: string): Promise<void>;
  /**
   * Tells of runs that another process has changed, within seconds, and maybe of others: whoever listens reads the run anew.
   * What happened while the store could not be reached is told afterwards. Gives the function that ends it.
   */
  watch(listener: (run: string) => void): () => void;
  stop(): Promise<void>;
}
