import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Connector, Member } from './connector.ts';
import { roomOf } from './place.ts';
import { readFailure } from './teams-error.ts';

/** Knows the members of teams and chats. */
export interface Members {
  /** The ids in Teams of those among `people` (`teams:<object id>`) who are in this conversation. Never rejects for Teams' failures. */
  find(serviceUrl: string, conversation: string, people: readonly string[]): Promise<readonly string[]>;
}

/** A team may have 25,000 members; more than this many are not looked through. */
const PAGES = 4;
const KEPT_MS = 10 * 60_000;
const ROOMS = 500;
const PREFIX = 'teams:';

/** Finds people by the paged list of members (T13: 14 a second), which is kept for ten minutes. */
export function createMembers(connector: Connector, clock: Clock, log: Log): Members {
  const kept = new Map<string, { readonly until: number; readonly members: readonly Member[] }>();

  async function membersOf(serviceUrl: string, room: string): Promise<readonly Member[]> {
    const known = kept.get(room);
    if (known && known.until > clock.monotonic()) return known.members;
    const members: Member[] = [];
    let next: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const answer: Awaited<ReturnType<Connector['members']>> = await connector.members(serviceUrl, room, next);
      members.push(...answer.members);
      next = answer.next;
      if (next === null) break;
    }
    kept.delete(room);
    kept.set(room, { until: clock.monotonic() + KEPT_MS, members });
    if (kept.size > ROOMS) kept.delete(kept.keys().next().value ?? '');
    return members;
  }

  return {
    async find(serviceUrl, conversation, people) {
      const objects = people.filter((id) => id.startsWith(PREFIX)).map((id) => id.slice(PREFIX.length).toLowerCase());
      if (objects.length === 0) return [];
      try {
        const members = await membersOf(serviceUrl, roomOf(conversation));
        return members.filter(({ id, object }) => id !== '' && objects.includes(object)).map(({ id }) => id);
      } catch (error) {
        const failure = readFailure(error);
        if (failure === null) throw error;
        log.warn(
          { reason: failure.reason },
          'Teams: the approvers’ cards are not refreshed by themselves: who is here is not known.',
        );
        return [];
      }
    },
  };
}
