import type { Clock } from '../../../src/ports/clock.ts';

/** How a GitLab is reached. */
export interface GitlabOptions {
  /** As named in the configuration. */
  readonly name: string;
  /** Where people open it: `https://gitlab.corp.io`, also below a path. */
  readonly url: string;
  /** A personal, group or project access token; null: only what anybody may see. */
  readonly token: string | null;
  /** PEM of authorities that are trusted beside the usual ones. */
  readonly caPem: string | null;
  readonly clock: Clock;
  /** Milliseconds for one call, its retries included, and for one log; 15,000 and 60,000 unless told. */
  readonly deadlines?: { readonly call: number; readonly log: number };
}
