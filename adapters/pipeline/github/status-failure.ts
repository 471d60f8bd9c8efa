import { asText, parseJsonObject } from '../../../src/image/json-values.ts';
import { type ProbeError, problem } from '../../../src/playbook/answer.ts';
import { quoteWords, type Refusal } from '../../http/refusal.ts';
import type { Reply } from '../../http/reply.ts';
import { isRateLimit, statedWait } from './patience.ts';

const LONGEST_WORDS = 200;

/** The failure that an HTTP status of GitHub tells of, and what to do about it. Its own words are quoted where they name the mistake. */
export function statusFailure(refusal: Refusal): ProbeError {
  const { reply, question } = refusal;
  const { target, what } = question;
  const status = reply.statusCode;
  if (isRateLimit(reply)) {
    const wait = statedWait(reply.headers, refusal.now);
    const when = wait === null ? 'later' : `in ${Math.ceil(wait / 1000)} seconds`;
    return problem('rate-limited', target, `it allows no more calls for now (${status}). Try again ${when}.`);
  }
  if (status === 401)
    return problem(
      'denied',
      target,
      'it does not know the token (401): it is wrong, expired or revoked. Make a new one.',
    );
  if (status === 403)
    return problem(
      'denied',
      target,
      `the token does not allow ${what} (403)${needed(reply)}. Reading takes Actions: read, starting and cancelling Actions: write.`,
    );
  if (status === 404) return problem('not-found', target, missingMessage(refusal));
  if (status === 410)
    return problem(
      'not-found',
      target,
      `${what} is kept no longer (410): logs expire, after 90 days unless told otherwise.`,
    );
  if (status === 409)
    return problem('conflict', target, `${what} cannot be done now (409)${wordsOf(refusal)}. See it in GitHub.`);
  if (status === 400 || status === 422)
    return problem(
      'invalid',
      target,
      `it refused ${what} (${status})${wordsOf(refusal)}. See docs/rebuilds.md for what the workflow must have.`,
    );
  if (status >= 500)
    return problem('unreachable', target, `it answered ${status} for ${what}. See whether GitHub is well; try again.`);
  return problem(
    'invalid',
    target,
    `it answered ${status} for ${what}, which GitHub’s API does not. Check its address, and whether the repository was renamed.`,
  );
}

function missingMessage({ question, hasToken }: Refusal): string {
  const hidden = hasToken
    ? 'what the token may not see is hidden like this'
    : 'without a token only public repositories are seen';
  const server = question.url.hostname === 'api.github.com' ? '' : ', and that the address ends with /api/v3';
  return `${question.what}: there is nothing like that (404). Check the spelling in the configuration${server}; ${hidden}.`;
}

/** GitHub names the permissions that would have been enough. */
function needed({ headers }: Reply): string {
  const accepted = headers['x-accepted-github-permissions'] ?? headers['x-accepted-oauth-scopes'];
  const words = typeof accepted === 'string' ? accepted.replace(/[^\w ,;=:-]/g, '').slice(0, LONGEST_WORDS) : '';
  return words === '' ? '' : `: it needs ${words}`;
}

function wordsOf({ body }: Refusal): string {
  return quoteWords(asText(parseJsonObject(body)?.message));
}
