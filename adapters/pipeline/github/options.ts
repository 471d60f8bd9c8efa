import type { Clock } from '../../../src/ports/clock.ts';

/** How a GitHub is reached. */
export interface GithubOptions {
  /** As named in the configuration. */
  readonly name: string;
  /** Of the REST API: `https://api.github.com`, or `https://github.corp.io/api/v3` of an Enterprise Server. */
  readonly url: string;
  /** A fine-grained or classic token; null: only what anybody may see. */
  readonly token: string | null;
  /** PEM of authorities that are trusted beside the usual ones. */
  readonly caPem: string | null;
  readonly clock: Clock;
  /** Milliseconds for one call, its retries included, for one log, and between two looks for a run that was started. */
  readonly deadlines?: { readonly call: number; readonly log: number; readonly poll: number };
}

export const DEFAULT_DEADLINES = { call: 15_000, log: 60_000, poll: 2_000 };
