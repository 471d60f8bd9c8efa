import type { ComposeOptions, Composition } from '../../src/cli/compose.ts';

/** The chats of the table, and how each is named there. */
export const CHATS = {
  'slack-http': 'Slack (HTTP)',
  'slack-socket': 'Slack (Socket Mode)',
  teams: 'Teams',
  page: 'Page',
} as const;

export type ChatName = keyof typeof CHATS;

/** Anna asks. Ben and Grace may approve. Mallory may not. */
export const PEOPLE = ['anna', 'ben', 'grace', 'mallory'] as const;
export type Who = (typeof PEOPLE)[number];

/** A message of the bot as people see it. */
export interface Message {
  /** Stays the same while the message is replaced. */
  readonly id: string;
  readonly text: string;
  /** What stands on its buttons. */
  readonly buttons: readonly string[];
}

/** A button as it was shown: it can be pressed also when the message has changed since. */
export interface Shown {
  /** What is asked before the press is sent; empty when nothing is. */
  readonly question: string;
  press(by: Who, how?: Pressing): Promise<void>;
}

export interface Pressing {
  /** What is typed where the button asks for a line. */
  readonly said?: string;
  /** The button is of another version: it means something that nobody knows. */
  readonly unknown?: boolean;
}

/** What goes wrong with the next message that is posted. */
export type Trouble = 'rate-limit' | 'error-before' | 'error-after' | 'cut-before' | 'cut-after';

/**
 * What people do in a chat, and what they see: the same for every chat. A delivery that is not acknowledged as the platform asks
 * rejects.
 */
export interface Driver {
  readonly name: ChatName;
  /** How a policy names a person. */
  identity(who: Who): string;
  readonly secrets: Pick<ComposeOptions, 'slack' | 'teams'>;
  /** Joins the program to the chat; called again after each restart. Gives what ends it. */
  connect(composition: Composition): Promise<() => Promise<void>>;
  /** As a command (`/execfmt …`, or the page's line), or by a mention; `inThread`: in a thread that people have begun. */
  say(text: string, by: Who, how: 'command' | 'mention', inThread?: boolean): Promise<void>;
  /** A button that a person sees, the newest with this label. */
  button(label: string, by: Who): Promise<Shown>;
  /** What a person alone was told, oldest first. */
  told(who: Who): Promise<readonly string[]>;
  /** The messages of a run's thread, the parent first; runs in the order in which they were begun. Empty when there is none. */
  thread(run?: number): Promise<readonly Message[]>;
  /** The last delivery once more, as the platform sends it when it was not acknowledged. */
  repeat(): Promise<void>;
  /** Null: nothing is posted, so nothing can fail. */
  readonly trouble: ((what: Trouble) => void) | null;
  /** Whether the chat can be asked for a message that may have been posted. */
  readonly findsPosted: boolean;
  /** Breaks the connections that stand; resolves when there are new ones. */
  drop(): Promise<void>;
  /** Deliveries wait on their way until they are released. */
  hold(): void;
  /** How many wait. */
  held(): number;
  release(order: 'as-sent' | 'reversed'): Promise<void>;
  /** Everything that was shown and that a client would obey instead of showing it. */
  alive(): Promise<readonly string[]>;
  close(): Promise<void>;
}
