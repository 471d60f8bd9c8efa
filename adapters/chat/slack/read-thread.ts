import type { WebClient } from '@slack/web-api';
import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import { ChatError } from '../../../src/ports/chat.ts';
import { LONGEST_MESSAGE, MOST_MESSAGES, type ThreadMessage } from '../../../src/run/thread-message.ts';
import { type CallContext, callSlack } from './call-slack.ts';
import type { Self } from './find-posted.ts';
import { createNames } from './name-users.ts';
import { plainMrkdwn } from './plain-mrkdwn.ts';
import type { readReference } from './reference.ts';
import { readFailure } from './slack-error.ts';

const PAGE = 200;
/** A thread of a run has some twenty messages of the bot beside those of people. */
const PAGES = 5;

/** What reading needs. */
interface ReadingContext extends CallContext {
  readonly client: WebClient;
}

interface Found {
  readonly ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly subtype?: string;
  readonly text?: string;
}

/**
 * What people wrote in a thread, oldest first (`conversations.replies`): not what bots, Slack itself or we wrote. What the app may
 * not read is `probe-failed` and names the scope. Rejects with ChatError when Slack does not answer.
 */
export async function readThread(
  context: ReadingContext,
  self: Self,
  { channel, ts }: ReturnType<typeof readReference>,
  signal: AbortSignal,
): Promise<Answer<readonly ThreadMessage[]>> {
  const patient = { clock: context.clock, stopping: AbortSignal.any([context.stopping, signal]) };
  try {
    const found: Required<Pick<Found, 'ts' | 'user' | 'text'>>[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES && found.length < MOST_MESSAGES; page += 1) {
      signal.throwIfAborted();
      const asked = { channel, ts, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const answer = await callSlack(patient, `reading a thread of ${channel}`, () =>
        context.client.conversations.replies(asked),
      );
      found.push(...(answer.messages ?? []).flatMap((message) => ofPerson(message, self)));
      cursor = answer.response_metadata?.next_cursor;
      if (!cursor) break;
    }
    const people = found.slice(0, MOST_MESSAGES);
    const names = createNames(patient, context.client);
    const messages: ThreadMessage[] = [];
    for (const message of people)
      messages.push({
        by: { id: `slack:${message.user}`, name: await names.nameOf(message.user) },
        at: new Date(Number(message.ts) * 1000).toISOString(),
        text: plainMrkdwn(message.text).slice(0, LONGEST_MESSAGE),
      });
    return known(messages);
  } catch (error) {
    return refusal(error, channel);
  }
}

function ofPerson({ ts, user, bot_id: bot, subtype, text }: Found, self: Self) {
  const written = subtype === undefined || subtype === 'thread_broadcast' || subtype === 'file_share';
  if (!written || bot !== undefined || user === undefined || user === self.userId) return [];
  return ts !== undefined && Number.isFinite(Number(ts)) && text ? [{ ts, user, text }] : [];
}

/** What Slack refuses for good is an answer: which scope is missing, or that the bot is not there. All else goes on. */
function refusal(error: unknown, channel: string): Answer<never> {
  if (!(error instanceof ChatError)) throw error;
  const reason = readFailure(error.cause)?.reason;
  if (reason === 'missing_scope')
    return failed(
      'denied',
      'Slack',
      `missing scope ${neededScope(error.cause) ?? 'channels:history or groups:history'}`,
    );
  if (error.code === 'gone') return failed('not-found', 'Slack', `the app is not in the channel ${channel}`);
  throw error;
}

/** The scope that Slack names in its refusal. */
function neededScope(cause: unknown): string | null {
  const data = cause instanceof Error && 'data' in cause ? cause.data : null;
  const needed = typeof data === 'object' && data !== null && 'needed' in data ? data.needed : null;
  return typeof needed === 'string' && /^[a-z:._-]{1,60}$/.test(needed) ? needed : null;
}
