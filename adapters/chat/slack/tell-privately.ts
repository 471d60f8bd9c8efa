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
interface Ear {
  readonly channel: string;
  readonly user: string;
  /** The parent's `ts` of the thread in which it is shown; null outside of threads. */
  readonly thread: string | null;
}

/** Shows an ephemeral message in a channel or thread. The person may not see it (S14), so failures are only logged. */
export async function tellInChannel(context: TellContext, ear: Ear, message: PrivateMessage): Promise<void> {
  const { channel, user, thread } = ear;
  const asked = { channel, user, ...message, ...(thread === null ? {} : { thread_ts: thread }) };
  try {
    await callSlack(context, `telling someone in ${channel}`, () => context.client.chat.postEphemeral(asked));
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ channel, code: error.code }, error.message);
  }
}

/** Answers through the command's `response_url`, which works where the bot is not in the channel; else in the channel. */
export async function tellByResponse(
  context: TellContext,
  respond: RespondFn,
  ear: Ear,
  message: PrivateMessage,
): Promise<void> {
  try {
    await respond({ ...message, response_type: 'ephemeral', replace_original: false });
  } catch (error) {
    const status = error instanceof RespondError ? error.statusCode : null;
    context.log.warn(
      { channel: ear.channel, status },
      'Slack: response_url did not take the answer; trying the channel.',
    );
    await tellInChannel(context, ear, message);
  }
}
