import { problem } from '../../../src/playbook/answer.ts';
import type { Endpoint } from './endpoint.ts';
import { refuseUrl } from './endpoint.ts';
import type { Exchange, Question, Reply } from './exchange.ts';
import { readRefusal } from './read-body.ts';

/** An answer, and the question that it answers: after redirects not the first one. */
export interface Answered {
  readonly reply: Reply;
  readonly question: Question;
}

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Asks, and follows redirects. The Authorization header goes to the registry alone: neither to another host nor along any
 * further from there. Rejects with ProbeError.
 */
export async function followRedirects(exchange: Exchange, first: Question): Promise<Answered> {
  const { endpoint, what } = first;
  let question = first;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const reply = await exchange(question);
    if (!REDIRECTS.includes(reply.statusCode)) return { reply, question };
    await readRefusal(reply, question);
    const url = nextUrl(reply, question);
    question = {
      ...question,
      url,
      headers: url.origin === endpoint.origin ? question.headers : withoutLogin(question),
    };
  }
  const message = `${what} is redirected more than ${MOST_REDIRECTS} times. See where the registry’s storage redirects to.`;
  throw problem('invalid', endpoint.registry, message);
}

function withoutLogin({ headers }: Question): Question['headers'] {
  const { authorization: _, ...others } = headers;
  return others;
}

function nextUrl(reply: Reply, { url, endpoint, what }: Question): URL {
  const location = reply.headers.location;
  const next = typeof location === 'string' ? URL.parse(location, url.href) : null;
  const why = next === null ? 'the redirect names no address' : refuseTarget(next, endpoint);
  if (next !== null && why === null) return next;
  throw problem(
    'denied',
    endpoint.registry,
    `${what} is redirected to where we do not go: ${why}. See where the registry’s storage redirects to.`,
  );
}

function refuseTarget(url: URL, endpoint: Endpoint): string | null {
  if (url.username !== '' || url.password !== '') return 'it names a user';
  return refuseUrl(url, endpoint, 'any-host');
}
