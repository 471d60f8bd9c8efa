import type { IAdaptiveCard } from '@microsoft/teams.cards';
import type { Application } from '../../../src/ports/application.ts';
import { readPlace, roomOf } from './place.ts';
import type { CardData } from './press-data.ts';
import type { Incoming } from './read-activity.ts';
import { renderCard } from './render-card.ts';

/** Whether a run is told in the channel or chat that asks: a refresh's data comes from a client, which may say anything. */
async function isToldIn(application: Application, run: string, room: string): Promise<boolean> {
  const opened = (await application.events(run))[0]?.fact;
  if (opened?.type !== 'opened' || opened.conversation.chat !== 'teams') return false;
  return roomOf(readPlace(opened.conversation.id).conversation) === room;
}

/**
 * The newest state of a card for one person: what a client shows in place of everybody's card. Who is asked to approve is told
 * so. Null when there is no such card here.
 */
export async function refreshCard(
  application: Application,
  { by, user, place }: Incoming,
  { run, key }: Extract<CardData, { kind: 'refresh' }>,
  permalink: (run: string) => string | null,
): Promise<IAdaptiveCard | null> {
  if (!(await isToldIn(application, run, roomOf(place.conversation)))) return null;
  const view = await application.thread(run);
  const card = key === 'parent' ? view?.parent : view?.replies.find((reply) => reply.key === key)?.card;
  if (card === undefined) return null;
  const asked = card.buttons.length > 0 && card.approvers?.some((id) => id.toLowerCase() === by.id) === true;
  return renderCard(card, {
    key: `${run}:${key}`,
    users: asked ? [user] : [],
    permalink: permalink(run),
    personal: asked ? 'You are asked to approve this.' : null,
  });
}
