import type { Intent, IntentReply } from '../ports/application.ts';
import type { Press } from '../view/card.ts';
import { privateCard } from '../view/private-card.ts';
import { approve } from './actions/approve.ts';
import { cancelBuild } from './actions/cancel-build.ts';
import { decline, withdraw } from './actions/decline.ts';
import { preview } from './actions/preview.ts';
import { propose } from './actions/propose.ts';
import type { Deps } from './deps.ts';
import { openRun } from './open-run.ts';
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
  const pressed = { deps, recorder, state, intent, signal };
  switch (action) {
    case 'propose':
      return propose(pressed, Number(subject));
    case 'preview':
      return preview(pressed, subject);
    case 'approve':
      return approve(pressed, subject, hash);
    case 'decline':
      return decline(pressed, subject);
    case 'withdraw':
      return withdraw(pressed, subject);
    case 'cancel':
      return cancelBuild(pressed, subject);
    case 'again':
      return openRun(deps, recorder, intent, state.target, state.on, signal);
    case 'command':
      return { kind: 'nothing' };
  }
}
