/** `waiting-for-hand`: somebody has to press play or approve it there; `waiting-for-runner`: none has taken it yet. */
export type BuildStatus =
  | 'waiting-for-runner'
  | 'waiting-for-hand'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped';

const OVER: readonly BuildStatus[] = ['succeeded', 'failed', 'cancelled', 'skipped'];

/** Whether nothing will change any more. */
export function isOver(status: BuildStatus): boolean {
  return OVER.includes(status);
}

/** A rebuild as it was seen at one moment. Everything in it is what the CI server says: untrusted. */
export interface BuildGlimpse {
  readonly status: BuildStatus;
  /** The CI server's own words. */
  readonly said: string;
  /** The pipeline's page. */
  readonly url: string;
  /** Null while no job is there. */
  readonly job: string | null;
  /** Null while none has taken it. */
  readonly runner: string | null;
  /** Of the runner, by its GOARCH name; null when it is not known. */
  readonly architecture: string | null;
  /** Why the architecture is not known; null when it is, or when there is no runner yet. */
  readonly unknownBecause: string | null;
  /** ISO 8601, when it was asked for. */
  readonly startedAt: string;
}
