import type { InvokeContext } from './answer-invoke.ts';
import { type CardPress, readCardData } from './press-data.ts';
import type { Incoming } from './read-activity.ts';
import { readMentionText } from './read-mention-text.ts';
import { OLD_BUTTON, readPressed, takeIntent } from './take-intent.ts';

/**
 * What a message asks for; null when it is not for us. In channels and group chats only mentions are: a team may have consented
 * to the bot seeing everything (T7). Bots that mention each other would never end.
 */
export function readMessage({
  fromBot,
  place,
  mentions,
  text,
  value,
}: Incoming): CardPress | { readonly kind: 'command'; readonly text: string } | 'old' | null {
  if (fromBot) return null;
  if (value !== undefined && value !== null) {
    const data = readCardData(value);
    return data?.kind === 'press' ? data : 'old';
  }
  if (place.kind !== 'personal' && mentions.length === 0) return null;
  return { kind: 'command', text: readMentionText(text, mentions) };
}

/** Takes a message; `received` is called when it is kept and may be acknowledged. */
export async function takeMessage(context: InvokeContext, incoming: Incoming, received: () => void): Promise<void> {
  const message = readMessage(incoming);
  if (message === null) return;
  if (message === 'old') return context.tell(incoming, OLD_BUTTON);
  const taken =
    message.kind === 'press' ? readPressed(context.origins, incoming, message) : { what: message, incoming };
  const told = await takeIntent(context, taken.incoming, taken.what, received);
  if (told !== null) await context.tell(taken.incoming, told);
}
