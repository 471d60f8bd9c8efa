import type { Intent, IntentReply } from '../ports/application.ts';
import type { Desk } from './commands/desk.ts';
import { runCommand } from './commands/run-command.ts';
import { takePress } from './take-press.ts';

/** Decides what an intent means and has it done. */
export async function handleIntent(desk: Desk, intent: Intent): Promise<IntentReply> {
  const { what } = intent;
  if (what.kind === 'command') return runCommand(desk, intent, what.text);
  return what.press.action === 'command'
    ? runCommand(desk, intent, what.press.subject)
    : takePress(desk.deps, desk.recorder, intent, what.press, desk.signal);
}
