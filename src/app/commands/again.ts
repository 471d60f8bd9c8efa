import type { Intent, IntentReply } from '../../ports/application.ts';
import { openRun } from '../open-run.ts';
import type { Desk } from './desk.ts';
import { findRun, refuseRun } from './find-run.ts';

/** `again RUN`: a fresh diagnosis of what that run looked at, told where it is asked for. */
export async function runAgain(desk: Desk, intent: Intent, run: string): Promise<IntentReply> {
  const state = await findRun(desk, run);
  if (!state) return refuseRun(desk, run, 'again');
  return openRun(desk.deps, desk.recorder, intent, state.target, state.on, desk.signal);
}
