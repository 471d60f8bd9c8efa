import type { WebClient } from '@slack/web-api';
import { ChatError } from '../../../src/ports/chat.ts';
import { type CallContext, callSlack } from './call-slack.ts';
import { readFailure } from './slack-error.ts';

/** So many people are asked for by name; the others stand there with their ids. */
const MOST_NAMES = 50;

/** Display names by id, each asked for once. */
interface Names {
  /** The id itself where Slack does not tell (`users:read` is missing, or the person is gone). Never rejects with ChatError. */
  nameOf(user: string): Promise<string>;
}

export function createNames(context: CallContext, client: WebClient): Names {
  const names = new Map<string, string>();
  let allowed = true;
  const ask = async (user: string): Promise<string> => {
    if (!allowed || names.size >= MOST_NAMES) return user;
    try {
      const { user: found } = await callSlack(context, 'asking for a name', () => client.users.info({ user }));
      return found?.profile?.display_name || found?.real_name || found?.name || user;
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      // But for one who is gone, whoever is asked for next would be refused as well.
      allowed = readFailure(error.cause)?.reason === 'user_not_found';
      return user;
    }
  };
  return {
    async nameOf(user) {
      const name = names.get(user) ?? (await ask(user));
      names.set(user, name);
      return name;
    },
  };
}
