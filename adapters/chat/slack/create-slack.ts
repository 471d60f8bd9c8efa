import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { failed, known } from '../../../src/playbook/answer.ts';
import type { Application } from '../../../src/ports/application.ts';
import type { Chat } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { holdEvents } from './acknowledge.ts';
import { createBoltLog } from './bolt-log.ts';
import { createBoltApp } from './create-bolt-app.ts';
import { createReceiver } from './create-receiver.ts';
import { createRoute, type SlackRoute } from './create-route.ts';
import { createWork } from './follow-work.ts';
import { holdSocket } from './hold-socket.ts';
import { isGroupMember } from './is-group-member.ts';
import { createSelfKnowledge } from './know-self.ts';
import { listen } from './listen.ts';
import { createPace } from './pace.ts';
import { postCard, updateCard } from './post-card.ts';
import { readThread } from './read-thread.ts';
import { createRecentAnswers } from './recent-answers.ts';
import { channelOf, readReference } from './reference.ts';
import { renderCard } from './render-card.ts';
import { shareFile } from './share-file.ts';
import { type Delivery, takeIntent } from './take-intent.ts';
import { tellAnyway } from './tell-privately.ts';
import { createWebOptions } from './web-options.ts';

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
  /** Called whenever Slack asks to wait. */
  readonly throttled?: () => void;
}

/** The port, and its route in HTTP mode. */
export type SlackChat = Chat & { readonly route: SlackRoute | null };

/** What sends: everything of the port that does not need to receive. */
function createSender(options: SlackOptions, client: WebClient, stopping: AbortSignal) {
  const { log, clock, throttled } = options;
  const context = { clock, log, client, stopping, pace: createPace(clock), ...(throttled && { throttled }) };
  const self = createSelfKnowledge(client, context);
  const answers = createRecentAnswers(clock);
  const sending: Pick<Chat, 'post' | 'update' | 'share' | 'messages' | 'tellPerson' | 'isMember'> = {
    async post(to, thread, key, card, maybeDelivered) {
      const parent = thread === null ? null : readReference(thread);
      const channel = parent?.channel ?? channelOf(to.id);
      const posting = { channel, thread: parent?.ts ?? null, key, card, maybeDelivered };
      return postCard({ ...context, self: await self.ask() }, posting);
    },
    async update(ref, card, unwanted) {
      await updateCard(context, ref, card, unwanted);
    },
    async messages(_, thread, signal) {
      return readThread(context, await self.ask(), readReference(thread), signal);
    },
    async share(_, thread, file) {
      const { channel, ts } = readReference(thread);
      await shareFile(context, { channel, thread: ts }, file);
    },
    async tellPerson(person, { id }, card) {
      const user = person.id.replace(/^slack:/, '');
      const { respond, thread } = answers.find(person.id, id);
      await tellAnyway(context, respond, { channel: channelOf(id), user, thread }, renderCard(card));
    },
    isMember: (group, person, signal) => isGroupMember(client, clock, group, person, signal),
  };
  return { context, self, answers, sending };
}

/** The Slack chat, through Bolt: Socket Mode with an app token, else HTTP. Throws ChatError when it has neither secret. */
export function createSlack(options: SlackOptions): SlackChat {
  const { botToken, apiUrl, log, clock, claim, channels } = options;
  const signingSecret = options.signingSecret ?? '';
  const secrets = [botToken, options.appToken ?? '', signingSecret];
  const logger = createBoltLog(log, secrets);
  const receiver = createReceiver(options, logger);
  const client = new WebClient(botToken, { ...createWebOptions(apiUrl), logger });
  const stopper = new AbortController();
  const { context, self, answers, sending } = createSender(options, client, stopper.signal);
  const work = createWork();
  let application: Application | null = null;
  let receiving = false;

  const take = async (delivery: Delivery): Promise<void> => {
    if (application === null) return;
    await work.follow(takeIntent({ application, channels, log }, delivery));
  };
  const app = createBoltApp({ receiver, logger, log, botToken, apiUrl, secrets, known: self.known });
  listen(app, { ...context, answers, self: self.known, held: holdEvents(app, context), take });

  const socket = receiver instanceof SocketModeReceiver ? holdSocket(receiver.client, context, log) : null;
  const verify = { signingSecret, clock, log, claim };
  return {
    ...sending,
    kind: 'slack',
    route: receiver instanceof HTTPReceiver ? createRoute(verify, receiver, () => receiving) : null,
    async reach() {
      if (!receiving) return failed('unreachable', 'Slack', 'It is not started yet, or is stopping.');
      if (socket === null) return known({ detail: 'HTTP', lacks: [] });
      if (socket.isUp()) return known({ detail: 'Socket Mode', lacks: [] });
      return failed('unreachable', 'Slack', 'The Socket Mode connection is down; it is being opened again.');
    },
    async start(to) {
      await self.ask();
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
  };
}
