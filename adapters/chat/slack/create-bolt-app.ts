import { App, type Logger, type Receiver } from '@slack/bolt';
import type { Log } from '../../../src/ports/log.ts';
import { scrub } from './bolt-log.ts';
import type { Self } from './find-posted.ts';
import { createWebOptions } from './web-options.ts';

/** What the app is made of. */
interface AppParts {
  readonly receiver: Receiver;
  readonly logger: Logger;
  readonly log: Log;
  readonly botToken: string;
  readonly apiUrl: string | null;
  readonly secrets: readonly string[];
  readonly known: () => Self;
}

/**
 * Bolt's app. `authorize` answers from what the start has found out: Bolt's own would call `auth.test` in the constructor, where
 * a failure is an unhandled rejection, and hold up the first acknowledgement for it.
 */
export function createBoltApp({ receiver, logger, log, botToken, apiUrl, secrets, known }: AppParts): App {
  const app = new App({
    receiver,
    logger,
    clientOptions: createWebOptions(apiUrl),
    convoStore: false,
    authorize: async () => ({ botToken, botId: known().botId, botUserId: known().userId }),
  });
  app.error(async (error) => {
    log.error({ reason: error.name }, scrub(`Slack: a delivery was not dealt with: ${error.message}`, secrets));
  });
  return app;
}
