import type { Who } from './driver.ts';
import type { Stage } from './start-stage.ts';

/** Asks in the way that this chat knows: by a command, or in Teams by a mention. */
export const ask = ({ chat }: Stage, text = 'pdf-renderer', by: Who = 'anna') =>
  chat.say(text, by, chat.name === 'teams' ? 'mention' : 'command');

/** Until the plan to roll back waits for approval. */
export async function propose(stage: Stage): Promise<void> {
  await ask(stage);
  await stage.press('Roll back to v2', 'anna');
  await stage.untilShown('Approve');
}
