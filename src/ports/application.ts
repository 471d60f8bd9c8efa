import type { Person } from '../approval/person.ts';
import type { Conversation } from '../run/conversation.ts';
import type { RunEvent } from '../run/events.ts';
import type { TranscriptFormat } from '../run/transcript/format.ts';
import type { Card, Press } from '../view/card.ts';
import type { ThreadView } from '../view/thread-view.ts';
import type { SharedFile } from './chat.ts';
import type { RunListing } from './journal.ts';

/** What came in, from whatever chat, once it was verified and normalised. */
export interface Intent {
  readonly by: Person;
  readonly conversation: Conversation;
  /** The platform's own id of this delivery; the same one twice is handled once. */
  readonly delivery: string;
  /** When a process that is gone received it (ISO 8601), which may have done a part of it; absent at the first time. */
  readonly receivedAt?: string;
  readonly what:
    | { readonly kind: 'command'; readonly text: string }
    /** `said`: what was typed where the button asked for a line; untrusted. */
    | { readonly kind: 'press'; readonly press: Press; readonly said?: string };
}

/**
 * What the person who asked is told at once, and only they. `nothing` when the thread itself is the answer; `run` names
 * the run that was opened or joined.
 */
export type IntentReply =
  | { readonly kind: 'nothing' }
  /** This delivery came before, and is handled or was. */
  | { readonly kind: 'again' }
  | { readonly kind: 'run'; readonly run: string; readonly joined: boolean }
  | { readonly kind: 'private'; readonly card: Card };

/** What a chat adapter may ask of the application. */
export interface Application {
  /**
   * Quick: what takes time goes on in the background and is told in the thread. `received` is called once the intent is kept:
   * from then on it is carried out whatever becomes of this process, and may be acknowledged. Never rejects.
   */
  handle(intent: Intent, received?: () => void): Promise<IntentReply>;
  /** Null when there is no such run. */
  thread(run: string): Promise<ThreadView | null>;
  events(run: string): Promise<readonly RunEvent[]>;
  /** The transcript of a run as a file, with the messages of its thread where they may be read. Null when there is no such run. */
  transcript(run: string, format: TranscriptFormat): Promise<SharedFile | null>;
  /** Newest first; with `matching`, those whose id or target contains it, in either case. */
  runs(limit: number, matching?: string): Promise<readonly RunListing[]>;
  /** Calls back after each change of a run. Gives the function that ends it. */
  watch(listener: (run: string) => void): () => void;
  /** The names that can be asked for, for completion and help. */
  targets(): Promise<readonly string[]>;
}
