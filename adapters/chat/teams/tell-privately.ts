import { ChatError } from '../../../src/ports/chat.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Card } from '../../../src/view/card.ts';
import { callTeams } from './call-teams.ts';
import { type Place, roomOf } from './place.ts';
import { messageOf, type SendContext } from './post-card.ts';
import { renderCard } from './render-card.ts';

/**
 * Tells one person something: in the chat with them alone, and where Teams does not open one (the app is not installed for them,
 * or nobody knows who they are in Teams: null) in the thread they asked in. Rejects with ChatError.
 */
export async function tellPerson(context: SendContext, place: Place, user: string | null, card: Card): Promise<void> {
  const { connector } = context;
  const message = messageOf(card, renderCard(card));
  const send = (conversation: string) =>
    callTeams(context, 'telling someone', conversation, () => connector.send(place.serviceUrl, conversation, message));
  if (place.kind === 'personal' || user === null) return void (await send(place.conversation));
  const alone = await callTeams(context, 'opening a chat with someone', roomOf(place.conversation), () =>
    connector.openPersonal(place, user),
  ).catch((error: unknown) => {
    if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
    return null;
  });
  await send(alone ?? place.conversation);
}

/** As `tellPerson`. The person may have left, so failures are only logged. */
export async function tellPrivately(
  context: SendContext & { readonly log: Log },
  place: Place,
  user: string,
  card: Card,
): Promise<void> {
  try {
    await tellPerson(context, place, user, card);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ code: error.code }, error.message);
  }
}
