import type { IntentReply } from '../../ports/application.ts';
import type { RunState } from '../../run/run-state.ts';
import { statusCard } from '../../view/status-card.ts';
import { isSettled } from '../../view/thread.ts';
import type { Desk } from './desk.ts';

/** Runs that are looked at: what is under way is among the newest. */
const LOOKED_BACK = 100;
const LATEST = 5;

/** `status`: the runs under way, what waits for whose approval, and how the latest ended. */
export async function tellStatus({ deps, recorder }: Desk): Promise<IntentReply> {
  const states: RunState[] = [];
  for (const { run } of await deps.journal.list(LOOKED_BACK)) {
    const state = await recorder.state(run);
    if (state) states.push(state);
  }
  const open = states.filter((state) => !isSettled(state));
  const latest = states.filter(isSettled).slice(0, LATEST);
  return { kind: 'private', card: statusCard(open, latest, deps.clock.now()) };
}
