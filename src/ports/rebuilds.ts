import type { Answer } from '../playbook/answer.ts';
import type { BuildJob } from '../playbook/build-evidence.ts';
import type { BuildLog } from '../playbook/build-log.ts';
import type { BuildStatus } from '../run/build-glimpse.ts';

/** A build that is wanted. */
export interface RebuildRequest {
  /** Begins with the run's id (`r-7k2m9x`), of letters, digits, `-` and `_`; handed to the pipeline, so that it can be found again. */
  readonly key: string;
  /** As the CI server names it: `docs/pdf-renderer`. */
  readonly project: string;
  /** Branch or tag; null: the project's default branch. */
  readonly ref: string | null;
  /** The job that builds: of GitHub `build.yml`, `build.yml/job` or what is unique in the repository. Null: all of them. */
  readonly job: string | null;
  /** The tag or label of the wanted runner, handed to the pipeline; null: as the pipeline says. */
  readonly runner: string | null;
}

/** A build that was started by us. Plain JSON, to be journalled. */
export interface RebuildHandle {
  readonly project: string;
  readonly key: string;
  readonly id: string;
  /** For people. */
  readonly url: string;
  /** The one job that builds; null: all of them. */
  readonly job: string | null;
}

/** How a build fares. */
export interface RebuildState {
  readonly status: BuildStatus;
  /** Nothing will change any more. */
  readonly over: boolean;
  /** The CI server's own words. */
  readonly said: string;
  /** The job that builds; null while it is not there, or when the handle names none and there are several. */
  readonly job: BuildJob | null;
  /** Once the job is over; null before, and where the log could not be read. What was pushed still has to be proved. */
  readonly log: BuildLog | null;
}

/** Starts builds on one CI server. Kept apart from reading: without approvals it is never built. */
export interface Rebuilds {
  /** As named in the configuration. */
  readonly name: string;
  /** The call that a start will make, for a person to read before approving. No secrets. */
  calls(request: RebuildRequest): readonly string[];
  /** The build that an earlier start with this key began; null when there is none that can be seen. */
  find(request: RebuildRequest, signal: AbortSignal): Promise<Answer<RebuildHandle | null>>;
  /**
   * Starts it, unless `find` finds it. When the answer is lost the build is looked for; if it is not seen it may yet have
   * begun, and the next start, some seconds later, finds it.
   */
  start(request: RebuildRequest, signal: AbortSignal): Promise<Answer<RebuildHandle>>;
  look(handle: RebuildHandle, signal: AbortSignal): Promise<Answer<RebuildState>>;
  /** Presses play for a job that is `waiting-for-hand`. `unsupported` where that takes a person. */
  play(handle: RebuildHandle, signal: AbortSignal): Promise<Answer<void>>;
  /** Of our own builds only. `over`: it had ended already. Repeatable; the end of it is seen by `look`. */
  cancel(handle: RebuildHandle, signal: AbortSignal): Promise<Answer<'asked' | 'over'>>;
}
