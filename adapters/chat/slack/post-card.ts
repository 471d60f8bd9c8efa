import type { WebClient } from '@slack/web-api';
import type { Log } from '../../../src/ports/log.ts';
import type { Card } from '../../../src/view/card.ts';
import { type CallContext, callSlack } from './call-slack.ts';
import { CARD_EVENT, findPosted, type Self } from './find-posted.ts';
import type { Pace } from './pace.ts';
import { readReference, writeReference } from './reference.ts';
import { renderCard } from './render-card.ts';

/** What updating needs. */
interface UpdateContext extends CallContext {
  readonly client: WebClient;
  readonly pace: Pace;
}

/** What posting needs. */
interface PostContext extends UpdateContext {
  readonly log: Log;
  readonly self: Self;
}

/** A card and where it goes. */
interface Posting {
  readonly channel: string;
  /** The parent's `ts`; null for a parent. */
  readonly thread: string | null;
  readonly key: string;
  readonly card: Card;
  readonly maybeDelivered: boolean;
}

/**
 * Posts a card and gives its reference. Before each attempt that follows one of unknown end Slack is asked for a message with
 * the key, so that a 500 after the message was posted does not post it twice (S33). Rejects with ChatError.
 */
export async function postCard(context: PostContext, posting: Posting): Promise<string> {
  const { client, self, log, pace } = context;
  const { channel, thread, key } = posting;
  const message = {
    channel,
    ...renderCard(posting.card),
    ...(thread === null ? {} : { thread_ts: thread }),
    metadata: { event_type: CARD_EVENT, event_payload: { key } },
    unfurl_links: false,
    unfurl_media: false,
  };
  const attempt = async (maybeDone: boolean) => {
    if (maybeDone) {
      const found = await findPosted(client, self, log, posting, key);
      if (found !== null) return writeReference({ channel, ts: found });
    }
    const posted = await pace.post(channel, context.stopping, () => client.chat.postMessage(message));
    return writeReference({ channel: posted.channel ?? channel, ts: posted.ts ?? '' });
  };
  return callSlack(context, `posting into ${channel}`, attempt, posting.maybeDelivered);
}

/**
 * Replaces a card in place; what was written in `metadata` stays. Doing it twice does no harm. While it waits for its turn it is given up
 * when `unwanted` aborts. Rejects with ChatError, or with the reason of `unwanted`.
 */
export async function updateCard(
  context: UpdateContext,
  reference: string,
  card: Card,
  unwanted?: AbortSignal,
): Promise<void> {
  const { channel, ts } = readReference(reference);
  const message = { channel, ts, ...renderCard(card) };
  const waiting = unwanted ? AbortSignal.any([context.stopping, unwanted]) : context.stopping;
  await callSlack(context, `updating a message in ${channel}`, () =>
    context.pace.update(channel, ts, waiting, () => context.client.chat.update(message)),
  );
}
