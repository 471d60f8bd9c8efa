import { asList, asObject, asText, asTextRecord, parseJsonObject } from '../../../src/image/json-values.ts';
import { type ProbeError, problem } from '../../../src/playbook/answer.ts';
import { quoteWords, type Refusal } from '../../http/refusal.ts';
import { statedWait } from './patience.ts';

/** The failure that an HTTP status of GitLab tells of, and what to do about it. Its own words are quoted where they name the mistake. */
export function statusFailure(refusal: Refusal): ProbeError {
  const { reply, question } = refusal;
  const { target, what } = question;
  const status = reply.statusCode;
  if (status === 401) return problem('denied', target, tokenMessage(refusal));
  if (status === 403) return problem('denied', target, rightsMessage(refusal));
  if (status === 404) return problem('not-found', target, missingMessage(refusal));
  if (status === 429) {
    const wait = statedWait(reply.headers, refusal.now);
    const when = wait === null ? 'later' : `in ${Math.ceil(wait / 1000)} seconds`;
    return problem('rate-limited', target, `it allows no more calls for now (429). Try again ${when}.`);
  }
  if (status === 409)
    return problem('conflict', target, `${what} cannot be done now (409)${wordsOf(refusal)}. See it in GitLab.`);
  if (status === 400 || status === 422)
    return problem(
      'invalid',
      target,
      `it refused ${what} (${status})${wordsOf(refusal)}. See docs/rebuilds.md for what the project must allow.`,
    );
  if (status >= 500)
    return problem('unreachable', target, `it answered ${status} for ${what}. See whether GitLab is well; try again.`);
  return problem(
    'invalid',
    target,
    `it answered ${status} for ${what}, which GitLab’s API does not. Check its address, and whether the project was moved.`,
  );
}

function tokenMessage({ hasToken, question, body }: Refusal): string {
  if (!hasToken)
    return `${question.what} cannot be seen without a token (401). Set \`tokenEnv\` for ${question.target}.`;
  const revoked = asText(parseJsonObject(body)?.error) === 'invalid_token';
  return `it does not know the token (401)${revoked ? ': it expired or was revoked' : ''}. Make a new one and put it where the configuration says.`;
}

/** GitLab names the scope that is missing (RFC 6750, `insufficient_scope`); otherwise it is the role. */
function rightsMessage({ body, question }: Refusal): string {
  const answer = parseJsonObject(body);
  if (asText(answer?.error) === 'insufficient_scope') {
    const scope = asText(answer?.scope)?.replace(/[^\w ]/g, '') || 'api';
    return `the token’s scopes do not allow ${question.what} (403). It needs the scope ${scope}.`;
  }
  return `the token’s role does not allow ${question.what} (403)${wordsOf({ body })}. Reading takes the role Reporter, starting a pipeline Developer and the right to push to or merge into the branch.`;
}

function missingMessage({ question, hasToken }: Refusal): string {
  const hidden = hasToken
    ? 'what the token may not see is hidden like this'
    : 'without a token only public projects are seen';
  return `${question.what}: there is nothing like that (404). Check the spelling in the configuration; ${hidden}.`;
}

/** `message` is a text, or texts by field (`{ "base": ["Reference not found"] }`). */
function wordsOf({ body }: { readonly body: string }): string {
  const answer = parseJsonObject(body);
  const message = answer?.message;
  const fields = Object.values(asObject(message) ?? {}).flatMap((list) => asList(list).map(asText));
  const words =
    asText(message) ??
    ([...fields, ...Object.values(asTextRecord(message))].filter(Boolean).join('; ') || asText(answer?.error));
  return quoteWords(words);
}
