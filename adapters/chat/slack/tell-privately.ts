import { RespondError, type RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { ChatError } from '../../../src/ports/chat.ts';
import type { Log } from '../../../src/ports/log.ts';
import { type CallContext, callSlack } from './call-slack.ts';
import type { PrivateMessage } from './take-intent.ts';

/** What telling needs. */
export interface TellContext extends CallContext {
  readonly client: WebClient;
  readonly log: Log;
}

/** Where a person is told something that only they see. */
export interface Ear {
  readonly channel: string;
  readonly user: string;
  /** The parent's `ts` of the thread in which it is shown; null outside of threads. */
  readonly thread: string | null;
}

/** Shows an ephemeral message in a channel or thread. Rejects with ChatError. */
async function showInChannel(context: TellContext, ear: Ear, message: PrivateMessage): Promise<void> {
  const { channel, user, thread } = ear;
  const asked = { channel, user, ...message, ...(thread === null ? {} : { thread_ts: thread }) };
  await callSlack(context, `telling someone in ${channel}`, () => context.client.chat.postEphemeral(asked));
}

/** As `showInChannel`. The person may not see it (S14), so failures are only logged. */
export async function tellInChannel(context: TellContext, ear: Ear, message: PrivateMessage): Promise<void> {
  try {
    await showInChannel(context, ear, message);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ channel: ear.channel, code: error.code }, error.message);
  }
}

/** Answers through a `response_url`, which works where the bot is not in the channel; gives whether it was taken. */
async function answerByResponse(
  context: TellContext,
  respond: RespondFn,
  channel: string,
  message: PrivateMessage,
): Promise<boolean> {
  try {
    await respond({ ...message, response_type: 'ephemeral', replace_original: false });
    return true;
  } catch (error) {
    const status = error instanceof RespondError ? error.statusCode : null;
    context.log.warn({ channel, status }, 'Slack: response_url did not take the answer; trying the channel.');
    return false;
  }
}

/** Answers through the command's `response_url`; else in the channel. */
export async function tellByResponse(
  context: TellContext,
  respond: RespondFn,
  ear: Ear,
  message: PrivateMessage,
): Promise<void> {
  if (!(await answerByResponse(context, respond, ear.channel, message))) await tellInChannel(context, ear, message);
}

/** Takes a private message away whose buttons are spent. That it stays does no harm, so failures are only logged. */
export async function takeAway(context: TellContext, respond: RespondFn, channel: string): Promise<void> {
  try {
    await respond({ delete_original: true });
  } catch (error) {
    const status = error instanceof RespondError ? error.statusCode : null;
    context.log.info({ channel, status }, 'Slack: a private message with spent buttons could not be taken away.');
  }
}

/**
 * Tells a person something whatever became of the channel: through their `response_url` while it lives, else in the channel,
 * else by direct message (scope `im:write`). Rejects with the ChatError of the last way.
 */
export async function tellAnyway(
  context: TellContext,
  respond: RespondFn | null,
  ear: Ear,
  message: PrivateMessage,
): Promise<void> {
  if (respond !== null && (await answerByResponse(context, respond, ear.channel, message))) return;
  try {
    await showInChannel(context, ear, message);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    await sendDirectly(context, ear.user, message);
  }
}

/** Twice is better than not at all here, so nothing is looked for before another attempt. */
async function sendDirectly(context: TellContext, user: string, message: PrivateMessage): Promise<void> {
  const { client } = context;
  const quiet = { unfurl_links: false, unfurl_media: false };
  await callSlack(context, 'telling someone by direct message', async () => {
    const { channel } = await client.conversations.open({ users: user });
    await client.chat.postMessage({ channel: channel?.id ?? user, ...message, ...quiet });
  });
}
