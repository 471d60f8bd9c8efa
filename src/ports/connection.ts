import type { Answer } from '../playbook/answer.ts';

/** What kinds of connections there are. */
export type ConnectionKind = 'store' | 'chat' | 'host' | 'cluster' | 'registry' | 'ci' | 'metrics';

/** What is on the other side, as it says itself. */
export interface Reached {
  /** `Docker 26.1.5, linux/amd64`; no secrets, no addresses with credentials. */
  readonly detail: string;
  /** What it does not let us do that we are going to need, in words. */
  readonly lacks: readonly string[];
}

/** Something of the configuration that is outside, and can be tried. */
export interface Connection {
  readonly kind: ConnectionKind;
  /** As named in the configuration. */
  readonly name: string;
  /** Looks whether it works, and changes nothing there. Ends when the signal aborts at the latest. */
  try(signal: AbortSignal): Promise<Answer<Reached>>;
}
