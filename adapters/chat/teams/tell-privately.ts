import { ChatError } from '../../../src/ports/chat.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Card } from '../../../src/view/card.ts';
import { callTeams } from './call-teams.ts';
import type { Origins } from './origin.ts';
import { type Place, roomOf } from './place.ts';
import { messageOf, type SendContext } from './post-card.ts';
import { renderCard } from './render-card.ts';
import { sayCommands } from './say-commands.ts';

/** What telling needs. */
export interface TellContext extends SendContext {
  readonly log: Log;
  readonly origins: Origins;
}

/** Whom something is told, in which conversation they are, and which one it is about. */
export interface Ear {
  readonly place: Place;
  readonly about: Place;
  /** `29:…` */
  readonly user: string;
}

function send(context: TellContext, { place, about, user }: Ear, conversation: string, card: Card): Promise<string> {
  const here = conversation === about.conversation;
  const origin = here ? null : context.origins.seal(about, user);
  const message = messageOf(card, renderCard(card, { origin }));
  return callTeams(context, 'telling someone', conversation, () =>
    context.connector.send(place.serviceUrl, conversation, message),
  );
}

/**
 * The chat with one person alone; where Teams opens none (the app is not installed for them) the thread they asked in. Rejects with
 * ChatError when Teams does not answer.
 */
async function reach(context: TellContext, { place, user }: Ear): Promise<string> {
  if (place.kind === 'personal') return place.conversation;
  try {
    return await callTeams(context, 'opening a chat with someone', roomOf(place.conversation), () =>
      context.connector.openPersonal(place, user),
    );
  } catch (error) {
    if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
    return place.conversation;
  }
}

/** Tells one person something, where they can be reached. They may have left, so failures are only logged. */
export async function tellPrivately(context: TellContext, ear: Ear, card: Card): Promise<void> {
  try {
    await send(context, ear, await reach(context, ear), card);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ code: error.code }, error.message);
  }
}

/**
 * Tells a person of a conversation something later on; in the thread itself when nobody knows who they are in Teams (null). Rejects
 * with ChatError.
 */
export async function tellPerson(context: TellContext, place: Place, user: string | null, card: Card): Promise<void> {
  const ear = { place, about: place, user: user ?? '' };
  const conversation = user === null ? place.conversation : await reach(context, ear);
  await send(context, ear, conversation, sayCommands(card));
}
