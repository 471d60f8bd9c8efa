import type { Person } from '../approval/person.ts';
import type { Answer } from '../playbook/answer.ts';
import type { Conversation, GoneReason } from '../run/conversation.ts';
import type { ThreadMessage } from '../run/thread-message.ts';
import type { Card } from '../view/card.ts';
import type { Application } from './application.ts';
import type { Reached } from './connection.ts';

/** A chat that messages are posted to. (The page is none: it reads the runs themselves.) */
export interface Chat {
  readonly kind: 'slack' | 'teams';
  /** Begins to receive. */
  start(application: Application): Promise<void>;
  /** Ends receiving, lets what is under way finish. */
  stop(): Promise<void>;
  /**
   * Posts a card: a parent message when `thread` is null, else a reply in that thread. `key` is unique to this card of this
   * run: if an earlier attempt may have been delivered, the chat is asked for a message with that key first.
   * Gives an opaque reference. Rejects with ChatError.
   */
  post(to: Conversation, thread: string | null, key: string, card: Card, maybeDelivered: boolean): Promise<string>;
  /**
   * Replaces a card in place. `unwanted`: while it waits for its turn it is given up when this aborts, and rejects with its reason.
   * Rejects with ChatError.
   */
  update(ref: string, card: Card, unwanted?: AbortSignal): Promise<void>;
  /**
   * Shares a file in a thread. Absent where the chat takes no files from bots; then a link is told. Rejects with ChatError.
   */
  share?(to: Conversation, thread: string, file: SharedFile): Promise<void>;
  /**
   * What people wrote in a thread, oldest first, without what bots wrote: at most 200 messages of 4,000 characters. Absent where the
   * chat lets no bot read threads. What may not be read is `probe-failed`, with what is missing.
   */
  messages?(to: Conversation, thread: string, signal: AbortSignal): Promise<Answer<readonly ThreadMessage[]>>;
  /**
   * Tells one person something that they alone see, whatever became of the conversation: there if the chat can, else in a chat
   * with them alone. Absent where the chat cannot. Rejects with ChatError when the person cannot be reached.
   */
  tellPerson?(person: Person, conversation: Conversation, card: Card): Promise<void>;
  /** Whether the connection that it receives and sends by is up; quick, as probes ask. Absent where nobody can tell. */
  reach?(signal: AbortSignal): Promise<Answer<Reached>>;
  /** Whether a person is in a group of this chat (`slack-group:S0614TZR7`, `teams-group:<object id>`), asked now. Rejects with ChatError when it does not say. */
  isMember(group: string, person: Person, signal: AbortSignal): Promise<boolean>;
}

/** A text that is shared as a file. */
export interface SharedFile {
  /** `incident-r-7k2m9x.md` */
  readonly name: string;
  /** For people, and for screen readers. */
  readonly title: string;
  readonly mediaType: string;
  readonly text: string;
}

/** A message could not be delivered. `gone`: the channel is archived, or the bot is not in it; trying again is no use. */
export class ChatError extends Error {
  readonly code: 'gone' | 'refused' | 'unavailable';
  /** Of `gone`; null when the chat does not say, or says something else. */
  readonly reason: GoneReason | null;
  constructor(code: ChatError['code'], message: string, options?: ErrorOptions & { readonly reason?: GoneReason }) {
    super(message, options);
    this.name = 'ChatError';
    this.code = code;
    this.reason = options?.reason ?? null;
  }
}
