import type { Intent } from '../../../src/ports/application.ts';
import type { InvokeContext } from './answer-invoke.ts';
import { readCardData } from './press-data.ts';
import type { Incoming } from './read-activity.ts';
import { readMentionText } from './read-mention-text.ts';
import { OLD_BUTTON, takeIntent } from './take-intent.ts';

/**
 * What a message asks for; null when it is not for us. In channels and group chats only mentions are: a team may have consented
 * to the bot seeing everything (T7). Bots that mention each other would never end.
 */
export function readMessage({ fromBot, place, mentions, text, value }: Incoming): Intent['what'] | 'old' | null {
  if (fromBot) return null;
  if (value !== undefined && value !== null) {
    const data = readCardData(value);
    return data?.kind === 'press' ? { kind: 'press', press: data.press } : 'old';
  }
  if (place.kind !== 'personal' && mentions.length === 0) return null;
  return { kind: 'command', text: readMentionText(text, mentions) };
}

/** Takes a message that was acknowledged already. */
export async function takeMessage(context: InvokeContext, incoming: Incoming): Promise<void> {
  const what = readMessage(incoming);
  if (what === null) return;
  const told = what === 'old' ? OLD_BUTTON : await takeIntent(context, incoming, what);
  if (told !== null) await context.tell(incoming, told);
}
