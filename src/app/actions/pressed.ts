import type { Intent } from '../../ports/application.ts';
import type { RunState } from '../../run/run-state.ts';
import type { Deps } from '../deps.ts';
import type { Recorder } from '../recorder.ts';

/** Somebody pressed a button of a run: all that a use case needs to know of it, and to do about it. */
export interface Pressed {
  readonly deps: Deps;
  readonly recorder: Recorder;
  /** The run as it stood at the press. */
  readonly state: RunState;
  readonly intent: Intent;
  /** Aborts when the program stops. */
  readonly signal: AbortSignal;
}
