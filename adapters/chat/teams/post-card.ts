import type { Activity } from 'botbuilder';
import type { Card } from '../../../src/view/card.ts';
import { type CallContext, callTeams } from './call-teams.ts';
import type { Connector } from './connector.ts';
import type { Members } from './find-members.ts';
import { type Place, threadBelow } from './place.ts';
import { type MessageReference, readReference, writeReference } from './reference.ts';
import { CARD_TYPE, renderCard, summaryOf } from './render-card.ts';

/** What sending needs. */
export interface SendContext extends CallContext {
  readonly connector: Connector;
  readonly members: Members;
  /** The page of a run; null without a public address. */
  readonly permalink: (run: string) => string | null;
}

/** A card alone: text beside it would be split off, and the message could not be updated (T10). `summary` is the toast (T21). */
export function messageOf(card: Card, content: ReturnType<typeof renderCard>): Partial<Activity> {
  return { type: 'message', summary: summaryOf(card), attachments: [{ contentType: CARD_TYPE, content }] };
}

/** What surrounds a card with this key for everybody in a conversation. */
async function frameOf(context: SendContext, where: MessageReference | (Place & { key: string }), card: Card) {
  const { key, serviceUrl, conversation } = where;
  const approvers = card.buttons.length === 0 ? [] : (card.approvers ?? []);
  const users = await context.members.find(serviceUrl, conversation, approvers);
  return { key, users, permalink: context.permalink(key.slice(0, key.indexOf(':'))) };
}

/**
 * Posts a card and gives its reference. The Bot connector cannot be asked for what was posted: after an attempt of unknown end
 * (502, 504, no answer) it may stand there twice, and the later one is kept up to date. Rejects with ChatError.
 */
export async function postCard(
  context: SendContext,
  place: Place,
  thread: string | null,
  key: string,
  card: Card,
): Promise<string> {
  const parent = thread === null ? null : readReference(thread);
  const { serviceUrl, conversation } = parent ?? place;
  const frame = await frameOf(context, { ...place, serviceUrl, conversation, key }, card);
  const message = messageOf(card, renderCard(card, frame));
  const activity = await callTeams(context, 'posting a message', conversation, () =>
    context.connector.send(serviceUrl, conversation, message),
  );
  return writeReference({ serviceUrl, conversation: threadBelow(place, conversation, activity), activity, key });
}

/** Replaces a card in place. Doing it twice does no harm. Rejects with ChatError. */
export async function updateCard(context: SendContext, ref: string, card: Card): Promise<void> {
  const reference = readReference(ref);
  const { serviceUrl, conversation, activity } = reference;
  const message = messageOf(card, renderCard(card, await frameOf(context, reference, card)));
  await callTeams(context, 'updating a message', conversation, () =>
    context.connector.update(serviceUrl, conversation, activity, message),
  );
}
