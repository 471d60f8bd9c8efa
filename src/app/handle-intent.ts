import type { Intent, IntentReply } from '../ports/application.ts';
import type { Desk } from './commands/desk.ts';
import { runCommand } from './commands/run-command.ts';
import { takePress } from './take-press.ts';

/** Decides what an intent means and has it done. */
export async function handleIntent(desk: Desk, intent: Intent): Promise<IntentReply> {
  const { what } = intent;
  return what.kind === 'command' ? runCommand(desk, intent, what.text) : takePress(desk, intent, what);
}
