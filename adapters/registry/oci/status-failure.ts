import { asList, asObject, asText, parseJsonObject } from '../../../src/image/json-values.ts';
import { type ProbeError, type ProbeFailureCode, problem } from '../../../src/playbook/answer.ts';
import { retryAfter } from '../../http/retry-after.ts';
import type { Question, Reply } from './exchange.ts';
import { describeQuota, quotaOf } from './quota.ts';

export interface Refusal {
  readonly reply: Reply;
  readonly body: Buffer;
  readonly question: Question;
  readonly loggedIn: boolean;
  readonly now: Date;
  /** What a 404 means here. */
  readonly code404?: ProbeFailureCode;
}

/** The failure that an HTTP status tells of (OCI distribution-spec, error codes), and what to do about it. */
export function statusFailure(refusal: Refusal): ProbeError {
  const { reply, question } = refusal;
  const registry = question.endpoint.registry;
  const status = reply.statusCode;
  const by = question.url.host === registry ? 'it' : question.url.host;
  if (status === 401 || status === 403) return problem('denied', registry, deniedMessage(refusal));
  if (status === 404) return problem(refusal.code404 ?? 'not-found', registry, notFoundMessage(refusal));
  if (status === 429) return problem('rate-limited', registry, limitedMessage(refusal, by));
  if (status === 501) {
    return problem('unsupported', registry, `${by} does not know how to give ${question.what} (501).`);
  }
  if (status >= 500) {
    return problem(
      'unreachable',
      registry,
      `${by} answered ${status} when ${question.what} was asked for. See whether the registry is well; try again.`,
    );
  }
  return problem(
    'invalid',
    registry,
    `${by} answered ${status} when ${question.what} was asked for, which a registry does not. See whether the address is a registry’s.`,
  );
}

function limitedMessage({ reply, loggedIn, now }: Refusal, by: string): string {
  const quota = quotaOf(reply.headers);
  const wait = retryAfter(reply.headers, now);
  const when = wait === null ? 'later' : `in ${Math.ceil(wait / 1000)} seconds`;
  const allowed = quota === null ? '' : `: ${describeQuota(quota)}`;
  const advice = loggedIn ? '.' : ', or configure a login, which is usually allowed more.';
  return `${by} allows no more requests for now (429)${allowed}. Try again ${when}${advice}`;
}

function deniedMessage({ reply, question, loggedIn }: Refusal): string {
  const registry = question.endpoint.registry;
  const hidden = 'Registries also answer so when there is no such repository.';
  if (loggedIn) {
    return `it does not let the login we have read ${question.what} (${reply.statusCode}). Check the login’s name, password and rights on the repository. ${hidden}`;
  }
  return `it does not let us read ${question.what} without a login (${reply.statusCode}). Set \`registries: { "${registry}": { username, passwordEnv } }\` in the configuration, or run \`docker login\` as the user execfmt runs as. ${hidden}`;
}

function notFoundMessage({ body, question }: Refusal): string {
  const errors = asList(parseJsonObject(body.toString('utf8'))?.errors);
  const codes = errors.map((error) => asText(asObject(error)?.code));
  const which = codes.includes('NAME_UNKNOWN') ? 'there is no such repository' : 'it is not there';
  return `${question.what}: ${which} (404). Check the spelling, and whether it was deleted or never pushed.`;
}
