import type { WebClient } from '@slack/web-api';
import type { Log } from '../../../src/ports/log.ts';
import { readFailure } from './slack-error.ts';

/** The metadata that marks a message as the card with a certain key. */
export const CARD_EVENT = 'execfmt_card';

const REPLIES = 200;
const PAGES = 5;
/** What Slack gives at most to apps that are sold outside its marketplace (S17). */
const RECENT = 15;

/** Who we are; only our own messages are looked at, since any app may write any metadata. */
export interface Self {
  readonly botId: string;
  readonly userId: string;
}

/** A message as Slack gives it back. */
export interface Found {
  readonly ts?: string;
  readonly files?: readonly { readonly id?: string }[];
  readonly bot_id?: string;
  readonly user?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
}

function isCard(message: Found, self: Self, key: string): boolean {
  const { metadata } = message;
  const ours = message.bot_id === self.botId || message.user === self.userId;
  if (!ours || metadata?.event_type !== CARD_EVENT) return false;
  const payload: { readonly key?: unknown } = metadata.event_payload ?? {};
  return payload.key === key;
}

/** The `ts` of the first message of a thread that matches, or null. Rejects with the client's errors. */
export async function findInThread(
  client: WebClient,
  { channel, thread }: { readonly channel: string; readonly thread: string },
  matches: (message: Found) => boolean,
): Promise<string | null> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const asked = { channel, ts: thread, include_all_metadata: true, limit: REPLIES };
    const answer = await client.conversations.replies(cursor === undefined ? asked : { ...asked, cursor });
    const found = answer.messages?.find(matches);
    if (found?.ts !== undefined) return found.ts;
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) return null;
  }
  return null;
}

/**
 * The `ts` of our message with this key, or null. A reply is looked for in its thread. A parent is looked for among the 15
 * newest messages of its channel: it is asked for seconds after it may have been posted, and Slack has no search by metadata
 * for bots. Where the app lacks the scope to read (`missing_scope`) the answer is null: a message twice is better than none.
 * Rejects with the client's errors.
 */
export async function findPosted(
  client: WebClient,
  self: Self,
  log: Log,
  place: { readonly channel: string; readonly thread: string | null },
  key: string,
): Promise<string | null> {
  const { channel, thread } = place;
  try {
    if (thread !== null)
      return await findInThread(client, { channel, thread }, (message) => isCard(message, self, key));
    const answer = await client.conversations.history({ channel, include_all_metadata: true, limit: RECENT });
    return answer.messages?.find((message) => isCard(message, self, key))?.ts ?? null;
  } catch (error) {
    if (readFailure(error)?.reason !== 'missing_scope') throw error;
    log.warn(
      { channel },
      'Slack: cannot look for a message that may have been posted; add channels:history and groups:history.',
    );
    return null;
  }
}
