import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import { type Chat, ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import type { Log } from '../../../src/ports/log.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { createConnector } from './connector.ts';
import { type Bot, createBot } from './create-bot.ts';
import { createReceiver } from './create-receiver.ts';
import { createRoute, type TeamsRoute } from './create-route.ts';
import { createMembers } from './find-members.ts';
import { isGroupMember } from './is-group-member.ts';
import { createKnownPeople } from './known-people.ts';
import { createOrigins } from './origin.ts';
import { createPace } from './pace.ts';
import { readPlace } from './place.ts';
import { postCard, updateCard } from './post-card.ts';
import { createPosted } from './posted.ts';
import { shareFile } from './share-file.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { takeConsent } from './take-consent.ts';
import { readFailure, toChatError } from './teams-error.ts';
import { type TellContext, tellPerson, tellPrivately } from './tell-privately.ts';
import { createWaitingFiles } from './waiting-files.ts';

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
  /** Microsoft Graph of this cloud: who is in a group is asked there. */
  readonly graphUrl: string;
  /** For links to the page; null without a public address. */
  readonly publicUrl: string | null;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether a key is seen for the first time; atomic and durable. */
  readonly claim: (key: string) => Promise<boolean>;
  /** Called whenever Teams asks to wait. */
  readonly throttled?: () => void;
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

/** What sends, through botbuilder's connector. */
function createSending(options: TeamsOptions, bot: Bot, stopping: AbortSignal): TellContext {
  const { appId, password, clock, log } = options;
  const connector = createConnector(bot, appId);
  const page = options.publicUrl?.replace(/\/+$/, '') ?? null;
  return {
    ...{ clock, log, connector, stopping, ...(options.throttled && { throttled: options.throttled }) },
    origins: createOrigins(password),
    members: createMembers(connector, clock, log),
    pace: createPace(clock),
    permalink: (run) => (page === null ? null : `${page}/runs/${encodeURIComponent(run)}`),
  };
}

/** Proves the secrets before anything is begun. */
async function proveSignIn(signIn: SignIn): Promise<void> {
  await signIn.token().catch((error: unknown) => {
    const failure = readFailure(error);
    throw failure === null ? error : toChatError('signing in', failure, error);
  });
}

/** A token that is good for minutes is held, so Entra is asked only when it runs out. */
async function reach(signIn: SignIn, signal: AbortSignal): Promise<Answer<Reached>> {
  try {
    await untilAborted(signIn.token(), signal);
    return known({ detail: 'signed in', lacks: [] });
  } catch (error) {
    const failure = readFailure(error);
    if (failure === null && !signal.aborted) throw error;
    const why = failure === null ? 'Entra does not answer in time.' : toChatError('signing in', failure, error).message;
    return failed('unreachable', 'Teams', why);
  }
}

/** The Teams chat, through botbuilder. Throws ChatError when a secret is empty. */
export function createTeams(options: TeamsOptions): TeamsChat {
  requireSecrets(options);
  const { appId, log, clock, claim, tenant, issuer } = options;
  const signIn = createSignIn(options);
  const graph = { graphUrl: options.graphUrl, signIn: createSignIn({ ...options, scope: options.graphUrl }), clock };
  const bot = createBot({ ...options, signIn });
  const stopper = new AbortController();
  const sending = createSending(options, bot, stopper.signal);
  const posted = createPosted();
  const files = createWaitingFiles();
  const people = createKnownPeople();
  const keys = createSigningKeys(options.openIdUrl, clock);
  const receiver = createReceiver({
    ...{ claim, log, clock, permalink: sending.permalink },
    origins: sending.origins,
    consent: (incoming) => takeConsent(sending, files, incoming),
    heard: ({ by, user }) => people.keep(by.id, user),
    tell: ({ place, about, user }, card) => tellPrivately(sending, { place, about, user }, card),
  });
  return {
    kind: 'teams',
    route: createRoute({ bot, keys, appId, issuer, tenant, clock, log }, receiver),
    reach: (signal) => reach(signIn, signal),
    async start(to) {
      await proveSignIn(signIn);
      receiver.start(to);
    },
    async stop() {
      receiver.close();
      await untilAborted(receiver.done(), clock.deadline(GRACE_MS)).catch(() => {});
      stopper.abort();
    },
    async post(to, thread, key, card, maybeDelivered) {
      const known = maybeDelivered ? posted.find(key) : null;
      if (known !== null) return known;
      const ref = await postCard(sending, readPlace(to.id), thread, key, card);
      posted.keep(key, ref);
      return ref;
    },
    update: (ref, card) => updateCard(sending, ref, card),
    async tellPerson({ id }, to, card) {
      const place = readPlace(to.id);
      // After a restart nobody was heard yet; the members of the conversation say who is who.
      const user = people.find(id) ?? (await sending.members.find(place.serviceUrl, place.conversation, [id]))[0];
      await tellPerson(sending, place, user ?? null, card);
    },
    share: (to, thread, file) => shareFile(sending, files, readPlace(to.id), thread, file),
    isMember: (group, person, signal) => isGroupMember(graph, group, person, signal),
  };
}
