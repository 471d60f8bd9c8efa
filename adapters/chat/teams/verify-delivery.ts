import type { Clock } from '../../../src/ports/clock.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import type { Bot } from './create-bot.ts';
import { type Incoming, readActivity, tenantsOf } from './read-activity.ts';
import { type Expected, flawOf } from './read-token.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What the check needs. */
export interface VerifyOptions extends Expected {
  readonly bot: Bot;
  readonly keys: SigningKeys;
  readonly tenant: string;
  readonly clock: Clock;
}

/** A delivery that is genuine, or why it is not taken. */
export type Verdict =
  | { readonly status: 200; readonly incoming: Incoming }
  | { readonly status: 400 | 401 | 503; readonly why: string };

/** Teams waits 5 s for an invoke; this leaves time for the answer. Milliseconds. */
const KEYS_MS = 1500;

/** The keys could not be had: it says nothing of the token. `FetchError` is of the SDK's HTTP client. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ['Late', 'KeysUnavailable', 'FetchError'].includes(error.name) ||
    ('statusCode' in error && error.statusCode === 500)
  );
}

function readJson(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Tokens go to this address later on: nothing but https, but for a connector on this machine. */
function isSafe(serviceUrl: unknown): boolean {
  if (typeof serviceUrl !== 'string' || !URL.canParse(serviceUrl)) return false;
  const { protocol, hostname, username } = new URL(serviceUrl);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1'));
}

/**
 * Lets through what the Bot Framework signed for this bot, through Teams, in our tenant. Signature, key, endorsement and address are
 * botbuilder's to verify; it does not look at the tenant (T4), and answers 500 where 401 is meant, so the answer is ours. As it
 * also writes the key and a stack to stderr for each signature that is wrong, anybody could flood the log: these end before it.
 */
export async function verifyDelivery(
  options: VerifyOptions,
  authorization: string | undefined,
  body: string,
): Promise<Verdict> {
  const { bot, keys, tenant, clock } = options;
  const flaw = flawOf(authorization, options, clock.now());
  if (flaw !== null) return { status: 401, why: flaw };
  const activity = readJson(body);
  if (activity === null) return { status: 400, why: 'not a JSON object' };
  if (activity.channelId !== 'msteams') return { status: 401, why: 'not of Teams' };
  if (!isSafe(activity.serviceUrl)) return { status: 401, why: 'no usable serviceUrl' };
  try {
    const deadline = clock.deadline(KEYS_MS);
    if (!(await untilAborted(keys.isSigned(authorization ?? ''), deadline))) return { status: 401, why: 'not signed' };
    const verified = bot.authentication.authenticateRequest(activity as never, authorization ?? '');
    await untilAborted(verified, deadline);
  } catch (error) {
    if (isOutage(error)) return { status: 503, why: 'the keys of the Bot Framework could not be had' };
    return { status: 401, why: 'botbuilder refused the token' };
  }
  const tenants = tenantsOf(activity);
  if (tenants.length === 0 || tenants.some((each) => each.toLowerCase() !== tenant.toLowerCase()))
    return { status: 401, why: 'of another tenant' };
  const incoming = readActivity(activity, tenant);
  return incoming === null ? { status: 400, why: 'not an activity' } : { status: 200, incoming };
}
