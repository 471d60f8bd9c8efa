import type { Deps } from '../deps.ts';
import type { Recorder } from '../recorder.ts';
import type { ImageChecks } from './image-checks.ts';

/** What commands and presses are handled with. */
export interface Desk {
  readonly deps: Deps;
  readonly recorder: Recorder;
  readonly checks: ImageChecks;
  /** Aborts when the application stops. */
  readonly signal: AbortSignal;
}
