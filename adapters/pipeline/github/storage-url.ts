import { problem } from '../../../src/playbook/answer.ts';
import type { Question } from '../../http/exchange.ts';
import { mayReach, type Reach } from '../../http/reachable-address.ts';

/** Where GitHub keeps a log, of its redirect: https (http only where GitHub itself is), no user, no address that must not be reached. */
export function storageUrl(location: unknown, { target, what, url }: Question, reach: Reach): URL {
  const next = typeof location === 'string' ? URL.parse(location, url.href) : null;
  const why =
    next === null
      ? 'the redirect names no address'
      : next.protocol !== 'https:' && !(next.protocol === 'http:' && url.protocol === 'http:')
        ? 'it is not encrypted'
        : next.username !== '' || next.password !== ''
          ? 'it names a user'
          : !mayReach(next.hostname, reach)
            ? `${next.host} is an address on this machine or of a metadata service`
            : null;
  if (next !== null && why === null) return next;
  throw problem('denied', target, `${what} is redirected to where we do not go: ${why}.`);
}
