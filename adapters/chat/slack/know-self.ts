import type { WebClient } from '@slack/web-api';
import { type CallContext, callSlack } from './call-slack.ts';
import type { Self } from './find-posted.ts';

/** Who we are in the workspace. */
interface SelfKnowledge {
  /** Asks Slack the first time. Rejects with ChatError. */
  ask(): Promise<Self>;
  /** What is known so far; empty before the first answer. */
  known(): Self;
}

/** Asks `auth.test` once: it also proves the token before anything is begun. */
export function createSelfKnowledge(client: WebClient, context: CallContext): SelfKnowledge {
  let self: Self | null = null;
  return {
    async ask() {
      if (self !== null) return self;
      const answer = await callSlack(context, 'checking the bot token', () => client.auth.test());
      self = { botId: answer.bot_id ?? '', userId: answer.user_id ?? '' };
      return self;
    },
    known: () => self ?? { botId: '', userId: '' },
  };
}
