import type { Intent, IntentReply } from '../ports/application.ts';
import { privateCard } from '../view/private-card.ts';
import { approve, decline } from './approve.ts';
import type { Desk } from './commands/desk.ts';
import { runCommand } from './commands/run-command.ts';
import { openRun } from './open-run.ts';
import { propose } from './propose.ts';

/** Has done what a pressed button means. What is known of its run is looked up anew: buttons may be old. */
export async function takePress(
  desk: Desk,
  intent: Intent,
  { press }: Extract<Intent['what'], { kind: 'press' }>,
): Promise<IntentReply> {
  const { deps, recorder, signal } = desk;
  const { action, run, subject, hash } = press;
  if (action === 'command') return runCommand(desk, intent, subject);
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
  }
}
