import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Application } from '../../../src/ports/application.ts';
import { type Chat, ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { createBoltLog, scrub } from './bolt-log.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { callSlack } from './call-slack.ts';
import type { Self } from './find-posted.ts';
import { CLIENT_PING_TIMEOUT_MS, holdSocket } from './hold-socket.ts';
import { isGroupMember } from './is-group-member.ts';
import { listen } from './listen.ts';
import { postCard, updateCard } from './post-card.ts';
import { channelOf, readReference } from './reference.ts';
import { type Delivery, takeIntent } from './take-intent.ts';
import { untilAborted } from './until-aborted.ts';
import { verifyDelivery } from './verify-delivery.ts';

const PATH = '/slack/events';
const CALL_MS = 10_000;
const GRACE_MS = 10_000;

/** What the Slack chat is made of. */
export interface SlackOptions {
  readonly botToken: string;
  /** Socket Mode when present. */
  readonly appToken: string | null;
  /** Needed without an app token: deliveries then come by HTTP. */
  readonly signingSecret: string | null;
  /** Base of the Web API; null for Slack's own. */
  readonly apiUrl: string | null;
  /** Ids of the channels that it answers in; null for every channel that it is invited to. */
  readonly channels: readonly string[] | null;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether a key is seen for the first time; atomic and durable. */
  readonly claim: (key: string) => Promise<boolean>;
}

/** Where Slack delivers to in HTTP mode, for the program's one server. */
export interface SlackRoute {
  readonly path: typeof PATH;
  listener(req: IncomingMessage, res: ServerResponse): void;
}

/** The port, and its route in HTTP mode. */
export type SlackChat = Chat & { readonly route: SlackRoute | null };

function createReceiver(options: SlackOptions, web: () => WebClientOptions, logger: ReturnType<typeof createBoltLog>) {
  const { appToken, signingSecret } = options;
  if (appToken) {
    return new SocketModeReceiver({
      appToken,
      logger,
      clientPingTimeout: CLIENT_PING_TIMEOUT_MS,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: web() },
    });
  }
  if (signingSecret) return new HTTPReceiver({ signingSecret, logger, endpoints: PATH });
  throw new ChatError(
    'refused',
    'Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); neither is set. Both are in the app’s settings.',
  );
}

/** Work that goes on after its delivery was acknowledged; a stop waits for it. */
function createWork() {
  const going = new Set<Promise<void>>();
  return {
    follow(promise: Promise<void>): Promise<void> {
      going.add(promise);
      return promise.finally(() => going.delete(promise));
    },
    done: async (): Promise<void> => {
      await Promise.allSettled(going);
    },
  };
}

/** The Slack chat, through Bolt: Socket Mode with an app token, else HTTP. Throws ChatError when it has neither secret. */
export function createSlack(options: SlackOptions): SlackChat {
  const { botToken, apiUrl, log, clock, claim, channels } = options;
  const secrets = [botToken, options.appToken ?? '', options.signingSecret ?? ''];
  const logger = createBoltLog(log, secrets);
  const web = (): WebClientOptions => ({
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    // Retries are ours: the client's post twice after a 500 that had committed, and hold up every call after a 429 (S33).
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_MS,
    fetch: createBoundedFetch(CALL_MS),
  });
  const receiver = createReceiver(options, web, logger);
  const client = new WebClient(botToken, { ...web(), logger });
  const stopper = new AbortController();
  const context = { clock, log, client, stopping: stopper.signal };
  const work = createWork();
  let self: Self | null = null;
  let application: Application | null = null;
  let receiving = false;

  const whoAmI = async (): Promise<Self> => {
    if (self !== null) return self;
    const answer = await callSlack(context, 'checking the bot token', () => client.auth.test());
    self = { botId: answer.bot_id ?? '', userId: answer.user_id ?? '' };
    return self;
  };
  const known = (): Self => self ?? { botId: '', userId: '' };
  const take = (delivery: Delivery): Promise<void> => {
    if (application === null) return Promise.resolve();
    return work.follow(takeIntent({ application, claim, channels, log }, delivery));
  };

  const app = new App({
    receiver,
    logger,
    clientOptions: web(),
    convoStore: false,
    authorize: async () => ({ botToken, botId: known().botId, botUserId: known().userId }),
  });
  app.error(async (error) => {
    log.error(
      { part: 'slack', reason: error.name },
      scrub(`Slack: a delivery was not dealt with: ${error.message}`, secrets),
    );
  });
  listen(app, { ...context, self: known, take });

  const socket = receiver instanceof SocketModeReceiver ? holdSocket(receiver.client, context, log) : null;
  const route = receiver instanceof HTTPReceiver ? createRoute(options, receiver, () => receiving) : null;
  return {
    kind: 'slack',
    route,
    async start(to) {
      await whoAmI();
      application = to;
      receiving = true;
      await socket?.start();
    },
    async stop() {
      receiving = false;
      await socket?.stop();
      await untilAborted(work.done(), clock.deadline(GRACE_MS)).catch(() => {});
      stopper.abort();
    },
    async post(to, thread, key, card, maybeDelivered) {
      const parent = thread === null ? null : readReference(thread);
      const channel = parent?.channel ?? channelOf(to.id);
      const posting = { channel, thread: parent?.ts ?? null, key, card, maybeDelivered };
      return postCard({ ...context, self: await whoAmI() }, posting);
    },
    async update(ref, card) {
      await updateCard({ ...context, self: await whoAmI() }, ref, card);
    },
    isMember: (group, person, signal) => isGroupMember(client, clock, group, person, signal),
  };
}

function createRoute(options: SlackOptions, receiver: HTTPReceiver, receiving: () => boolean): SlackRoute {
  const { log, clock, claim } = options;
  const verify = { signingSecret: options.signingSecret ?? '', clock, log, claim };
  const answer = (res: ServerResponse, status: number) => {
    if (!res.headersSent) res.writeHead(status, { connection: 'close' }).end();
  };
  return {
    path: PATH,
    listener(req, res) {
      if (req.method !== 'POST') return answer(res, 405);
      if (req.url?.split('?')[0] !== PATH) return answer(res, 404);
      if (!receiving()) return answer(res, 503);
      verifyDelivery(verify, req, res, receiver.requestListener).catch((error: unknown) => {
        log.error(
          { reason: error instanceof Error ? error.name : 'unknown' },
          'Slack: a delivery could not be looked at.',
        );
        answer(res, 500);
      });
    },
  };
}
