import type { WebClient } from '@slack/web-api';
import type { Person } from '../../../src/approval/person.ts';
import { ChatError } from '../../../src/ports/chat.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { Late, untilAborted } from '../../../src/ports/until-aborted.ts';
import { readFailure, toChatError } from './slack-error.ts';

const DEADLINE_MS = 5000;

const LATE = 'Slack did not say in time who is in the group. Press again; status.slack.com says how Slack is.';

/**
 * Whether `slack:U…` is in `slack-group:S…`, asked of `usergroups.users.list` now (S26; scope `usergroups:read`). Anything that
 * is no Slack person or group is not in it. Rejects with ChatError when Slack does not say.
 */
export async function isGroupMember(
  client: WebClient,
  clock: Clock,
  group: string,
  person: Person,
  signal: AbortSignal,
): Promise<boolean> {
  const usergroup = /^slack-group:([A-Z0-9]+)$/.exec(group)?.[1];
  const user = /^slack:([A-Z0-9]+)$/.exec(person.id)?.[1];
  if (usergroup === undefined || user === undefined) return false;
  try {
    const answer = await untilAborted(client.usergroups.users.list({ usergroup }), clock.deadline(DEADLINE_MS, signal));
    return answer.users?.includes(user) ?? false;
  } catch (error) {
    if (error instanceof Late) throw new ChatError('unavailable', LATE, { cause: error });
    const failure = readFailure(error);
    throw failure === null ? error : toChatError(`asking who is in ${usergroup}`, failure, error);
  }
}
