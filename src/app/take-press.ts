import type { Intent, IntentReply } from '../ports/application.ts';
import type { Press } from '../view/card.ts';
import { privateCard } from '../view/private-card.ts';
import { approve, decline } from './approve.ts';
import type { Deps } from './deps.ts';
import { openRun } from './open-run.ts';
import { propose } from './propose.ts';
import type { Recorder } from './recorder.ts';

/** Has done what a press on a run's button means. (A press that is a command is not of a run: it is not for here.) */
export async function takePress(
  deps: Deps,
  recorder: Recorder,
  intent: Intent,
  { action, run, subject, hash }: Press,
  signal: AbortSignal,
): Promise<IntentReply> {
  const state = await recorder.state(run);
  if (!state)
    return { kind: 'private', card: privateCard('That run is gone', `There is no run ${run} here any more.`) };
  switch (action) {
    case 'propose':
      return propose(deps, recorder, state, intent, Number(subject), signal);
    case 'approve':
      return approve(deps, recorder, state, intent, subject, hash, signal);
    case 'decline':
      return decline(deps, recorder, state, intent, subject, signal);
    case 'again':
      return openRun(deps, recorder, intent, state.target, state.on, signal);
    case 'command':
      return { kind: 'nothing' };
  }
}
