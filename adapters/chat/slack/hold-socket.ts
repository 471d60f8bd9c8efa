import type { SocketModeReceiver } from '@slack/bolt';
import { ChatError } from '../../../src/ports/chat.ts';
import type { Log } from '../../../src/ports/log.ts';
import { Late, untilAborted } from '../../../src/ports/until-aborted.ts';
import { type CallContext, callSlack } from './call-slack.ts';
import { readFailure } from './slack-error.ts';

const CONNECT_MS = 20_000;
const CLOSE_MS = 5000;
const LONGEST_WAIT_MS = 60_000;

/** Pings go out every third of it; a pong later than it ends the connection. The SDK's 5 s ends good ones on a busy machine. */
export const CLIENT_PING_TIMEOUT_MS = 15_000;

/** A Socket Mode connection that is kept up. */
interface HeldSocket {
  /** Resolves when Slack said hello. Rejects with ChatError. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether Slack said hello and nothing has closed the connection since. */
  isUp(): boolean;
}

/** Resolves when Slack said hello; gives up, and closes what there is, when that takes too long. */
async function connect(client: SocketModeReceiver['client'], context: CallContext): Promise<void> {
  try {
    await untilAborted(client.start(), context.clock.deadline(CONNECT_MS, context.stopping));
  } catch (error) {
    if (error instanceof Late) client.disconnect().catch(() => {});
    if (readFailure(error) !== null) throw error;
    // The SDK rejects with nothing when the connection closes before hello.
    throw new ChatError('unavailable', 'Slack: the Socket Mode connection did not come up.', { cause: error });
  }
}

/**
 * Keeps one Socket Mode connection up. The SDK's own reconnection (socket-mode 3.1.0, S19) waits as long as its ping timeout
 * after each refresh that Slack asks for, and ends the process with an unhandled rejection when a reconnection is refused; so
 * it is switched off and done here, at once and with growing waits after failures. What is left is a gap of well under a
 * second at each refresh (every few hours) in which a command is answered by Slack with an error and must be typed again;
 * HTTP mode has no such gap.
 */
export function holdSocket(client: SocketModeReceiver['client'], context: CallContext, log: Log): HeldSocket {
  let connecting = false;
  let up = false;
  let ended = false;
  const over = () => ended || context.stopping.aborted;
  const reconnect = async () => {
    if (connecting || over()) return;
    connecting = true;
    for (let attempt = 0; !over(); attempt += 1) {
      try {
        await connect(client, context);
        up = true;
        log.info({ attempt }, 'Slack: the Socket Mode connection is up again.');
        break;
      } catch (error) {
        log.warn(
          { attempt, reason: readFailure(error)?.reason ?? 'closed' },
          'Slack: the Socket Mode connection is down.',
        );
        const wait = Math.min(1000 * 2 ** attempt, LONGEST_WAIT_MS);
        await context.clock.sleep(wait, context.stopping).catch(() => {});
      }
    }
    connecting = false;
  };
  client.on('disconnected', () => {
    up = false;
    void reconnect();
  });
  return {
    async start() {
      connecting = true;
      try {
        await callSlack(context, 'opening the Socket Mode connection', () => connect(client, context));
        up = true;
      } finally {
        connecting = false;
      }
    },
    isUp: () => up && !over(),
    async stop() {
      ended = true;
      await untilAborted(client.disconnect(), context.clock.deadline(CLOSE_MS)).catch(() => {});
    },
  };
}
