import { HTTPReceiver, type Logger, SocketModeReceiver } from '@slack/bolt';
import { ChatError } from '../../../src/ports/chat.ts';
import { CLIENT_PING_TIMEOUT_MS } from './hold-socket.ts';
import { createWebOptions } from './web-options.ts';

/** Where Slack delivers to in HTTP mode. */
export const EVENTS_PATH = '/slack/events';

/** What decides between the modes. */
interface ReceiverOptions {
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  readonly apiUrl: string | null;
}

/**
 * Bolt's receiver: Socket Mode with an app token, else HTTP, which opens no port of its own. Throws ChatError without either:
 * nothing is taken that cannot be checked.
 */
export function createReceiver(options: ReceiverOptions, logger: Logger): SocketModeReceiver | HTTPReceiver {
  const { appToken, signingSecret, apiUrl } = options;
  if (appToken) {
    return new SocketModeReceiver({
      appToken,
      logger,
      clientPingTimeout: CLIENT_PING_TIMEOUT_MS,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: createWebOptions(apiUrl) },
    });
  }
  if (signingSecret) return new HTTPReceiver({ signingSecret, logger, endpoints: EVENTS_PATH });
  throw new ChatError(
    'refused',
    'Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); neither is set. Both are in the app’s settings.',
  );
}
