import type { Person } from '../../../src/approval/person.ts';
import { ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { Late, untilAborted } from '../../../src/ports/until-aborted.ts';
import { fetchCapped } from './fetch-capped.ts';
import type { SignIn } from './sign-in.ts';
import { NoAnswer, readFailure, TeamsHttpError } from './teams-error.ts';

/** What is asked of Microsoft Graph. */
export interface GraphContext {
  /** `https://graph.microsoft.com`, or that of another cloud. */
  readonly graphUrl: string;
  /** For tokens of Graph: the connector's are not good there. */
  readonly signIn: SignIn;
  readonly clock: Clock;
}

const DEADLINE_MS = 5000;
const OBJECT = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const ADVICE: Readonly<Record<number, string>> = {
  401: 'Compare MicrosoftGraphUrl with the cloud that the tenant is in.',
  403: 'Give the bot’s app registration the application permissions GroupMember.Read.All and User.Read.All of Microsoft Graph, and grant admin consent.',
  404: 'Entra has no such group, or not this person; compare the object ids.',
};
const LATER = 'Press again; status.cloud.microsoft says how Microsoft 365 is.';

/**
 * Whether `teams:<object id>` is in `teams-group:<object id>`, also through groups in it, asked of Microsoft Graph now
 * (`directoryObject: checkMemberGroups`, v1.0). Anything that is no such person or group is not in it. Rejects with ChatError
 * when Graph does not say, and names the permissions that are missing.
 */
export async function isGroupMember(
  context: GraphContext,
  group: string,
  person: Person,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = idIn('teams-group', group);
  const user = idIn('teams', person.id);
  if (asked === null || user === null) return false;
  try {
    const deadline = context.clock.deadline(DEADLINE_MS, signal);
    return (await untilAborted(checkMemberGroups(context, user, asked), deadline)).includes(asked);
  } catch (error) {
    throw toChatError(asked, error);
  }
}

function idIn(kind: string, name: string): string | null {
  return new RegExp(`^${kind}:(${OBJECT})$`).exec(name.toLowerCase())?.[1] ?? null;
}

/** A token that Graph refuses is replaced once: permissions that were just granted come with a new one. */
async function checkMemberGroups(context: GraphContext, user: string, group: string): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await post(context, user, group);
    if (answer.status === 200) return groupsIn(answer.text);
    if ([401, 403].includes(answer.status)) context.signIn.forget();
    if (answer.status !== 401 || attempt > 0) throw new TeamsHttpError(answer.status, wordIn(answer.text), null);
  }
}

async function post({ graphUrl, signIn }: GraphContext, user: string, group: string) {
  const headers = { authorization: `Bearer ${await signIn.token()}`, 'content-type': 'application/json' };
  const url = `${graphUrl.replace(/\/+$/, '')}/v1.0/users/${user}/checkMemberGroups`;
  return fetchCapped(url, { method: 'POST', headers, body: JSON.stringify({ groupIds: [group] }) }).catch(
    (cause: unknown) => {
      throw new NoAnswer({ cause });
    },
  );
}

function groupsIn(text: string): readonly string[] {
  const { value } = parse(text);
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string').map((id) => id.toLowerCase()) : [];
}

/** Graph's own short word (`Authorization_RequestDenied`); nothing else of its answer is shown. */
function wordIn(text: string): string {
  const { error } = parse(text);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : '';
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function toChatError(group: string, cause: unknown): unknown {
  const said = (code: ChatError['code'], why: string, advice: string) =>
    new ChatError(code, `Microsoft Graph did not say who is in ${group} (${why}). ${advice}`, { cause });
  if (cause instanceof Late) return said('unavailable', 'no answer in time', LATER);
  const failure = readFailure(cause);
  if (failure === null) return cause;
  const advice = cause instanceof TeamsHttpError ? ADVICE[cause.status] : undefined;
  const passing = cause instanceof TeamsHttpError ? cause.status === 429 || cause.status >= 500 : null;
  return said(passing === true ? 'unavailable' : failure.code, failure.reason, advice ?? LATER);
}
