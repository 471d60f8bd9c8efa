/**
 * A message before any chat's own format. Every string is plain text, possibly untrusted: a renderer redacts, escapes and
 * cuts it for its own place. Nothing in it is markup.
 */
export interface Card {
  readonly tone: 'working' | 'ok' | 'problem' | 'unknown' | 'decision';
  readonly title: string;
  /** Marked as practice wherever it is shown. */
  readonly practice: boolean;
  readonly parts: readonly CardPart[];
  readonly buttons: readonly Button[];
  /** Where there is more to read: an address of our own, never outside text. A chat that links there by itself leaves it out. */
  readonly link?: { readonly label: string; readonly url: string };
  /** Who is asked to press, by identity: a chat that can shows them the newest state without being told. Absent: nobody in particular. */
  readonly approvers?: readonly string[];
  /** What gives all that a chat leaves out of this card: `/execfmt transcript r-7k2m9x`. Absent: nothing does. */
  readonly whole?: string;
  /** So many of the parts are enough where nothing can be unfolded, as long as `whole` gives the rest. Absent: all of them. */
  readonly enough?: number;
  /** For notifications and screen readers: the card in one or two sentences. */
  readonly fallback: string;
}

export type CardPart =
  | { readonly kind: 'text'; readonly text: string }
  /** Small print: who, when, how long. */
  | { readonly kind: 'note'; readonly text: string }
  /** Label and value pairs; `odd` marks the one that disagrees. */
  | {
      readonly kind: 'facts';
      readonly facts: readonly { readonly label: string; readonly value: string; readonly odd: boolean }[];
    }
  /** Something to read or copy letter by letter: a command, log lines, digests. */
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] };

/** What can be pressed. A chat adapter takes these and no others. */
export const PRESS_ACTIONS = [
  'propose',
  'preview',
  'approve',
  'decline',
  'withdraw',
  'cancel',
  'again',
  'command',
] as const;

/** What a press means; carried through the chat as it is and checked on the server. */
export interface Press {
  readonly action: (typeof PRESS_ACTIONS)[number];
  /** Empty for a `command`. */
  readonly run: string;
  /** Of `propose`: the index of the offered remedy. Of a `command`: its text. Of `again`: the target. Else: the plan. */
  readonly subject: string;
  /** Of `approve`: the plan's hash, so that what was seen is what is approved. */
  readonly hash: string | null;
}

export interface Button {
  readonly label: string;
  readonly style: 'primary' | 'danger' | 'plain';
  readonly press: Press;
  /** Asked before the press is sent. */
  readonly confirm: {
    readonly title: string;
    readonly text: string;
    readonly ok: string;
    readonly cancel: string;
  } | null;
  /** A line that the person is asked for before the press is sent; it may be left empty. Absent: nothing is asked. */
  readonly ask?: { readonly title: string; readonly label: string; readonly ok: string };
}
