import type { Application } from '../../../src/ports/application.ts';
import { type Chat, ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { answerInvoke, type InvokeContext } from './answer-invoke.ts';
import { createConnector } from './connector.ts';
import { createBot } from './create-bot.ts';
import { createRoute, type TeamsRoute } from './create-route.ts';
import { createMembers } from './find-members.ts';
import { createWork } from './follow-work.ts';
import { createPace } from './pace.ts';
import { readPlace } from './place.ts';
import { postCard, type SendContext, updateCard } from './post-card.ts';
import { createSignIn } from './sign-in.ts';
import { takeMessage } from './take-message.ts';
import { readFailure, toChatError } from './teams-error.ts';
import { tellPrivately } from './tell-privately.ts';
import { untilAborted } from './until-aborted.ts';

const GRACE_MS = 10_000;

/** What the Teams chat is made of. */
export interface TeamsOptions {
  /** Never empty: botbuilder would take anything from anybody then (T5). */
  readonly appId: string;
  readonly password: string;
  /** The one tenant that is served (T2). */
  readonly tenant: string;
  /** Entra's address with the tenant, what is signed in for, the issuer of deliveries' tokens, and where their keys are. */
  readonly loginUrl: string;
  readonly scope: string;
  readonly issuer: string;
  readonly openIdUrl: string;
  /** For links to the page; null without a public address. */
  readonly publicUrl: string | null;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether a key is seen for the first time; atomic and durable. */
  readonly claim: (key: string) => Promise<boolean>;
}

/** The port, and its route. */
export type TeamsChat = Chat & { readonly route: TeamsRoute };

function requireSecrets({ appId, password, tenant }: TeamsOptions): void {
  if ([appId, password, tenant].every((each) => each.trim() !== '')) return;
  throw new ChatError(
    'refused',
    'Teams needs MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId, all three; they are in the Azure bot’s configuration. Without an app id nothing that comes in could be checked.',
  );
}

/** The Teams chat, through botbuilder. Throws ChatError when a secret is empty. */
export function createTeams(options: TeamsOptions): TeamsChat {
  requireSecrets(options);
  const { appId, log, clock, claim, tenant, issuer } = options;
  const signIn = createSignIn(options);
  const bot = createBot({ ...options, signIn });
  const connector = createConnector(bot, appId);
  const stopper = new AbortController();
  const page = options.publicUrl?.replace(/\/+$/, '') ?? null;
  const permalink = (run: string) => (page === null ? null : `${page}/runs/${encodeURIComponent(run)}`);
  const members = createMembers(connector, clock, log);
  const sending: SendContext & { log: Log } = {
    ...{ clock, log, connector, members, permalink },
    pace: createPace(clock),
    stopping: stopper.signal,
  };
  const work = createWork((error) => {
    const reason = error instanceof Error ? error.name : 'unknown';
    log.error({ reason }, 'Teams: a delivery was not dealt with.');
  });
  let application: Application | null = null;
  const taking = (to: Application): InvokeContext => ({
    ...{ application: to, claim, log, clock, permalink },
    follow: (promise) => work.follow(promise),
    tell: ({ place, user }, card) => tellPrivately(sending, place, user, card),
  });
  let receiving = false;
  const receiver = {
    receiving: () => receiving,
    message: (incoming: Parameters<typeof takeMessage>[1]) => {
      if (application !== null) work.follow(takeMessage(taking(application), incoming));
    },
    async invoke(incoming: Parameters<typeof answerInvoke>[1]) {
      return application === null
        ? ({ status: 501, body: null } as const)
        : answerInvoke(taking(application), incoming);
    },
  };
  return {
    kind: 'teams',
    route: createRoute({ bot, appId, issuer, tenant, clock, log }, receiver),
    async start(to) {
      await signIn.token().catch((error: unknown) => {
        const failure = readFailure(error);
        throw failure === null ? error : toChatError('signing in', failure, error);
      });
      application = to;
      receiving = true;
    },
    async stop() {
      receiving = false;
      await untilAborted(work.done(), clock.deadline(GRACE_MS)).catch(() => {});
      stopper.abort();
    },
    post: (to, thread, key, card) => postCard(sending, readPlace(to.id), thread, key, card),
    update: (ref, card) => updateCard(sending, ref, card),
    isMember: async () => false,
  };
}
