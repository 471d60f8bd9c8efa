import { asList, asObject, asText, type JsonObject, parseJsonObject } from '../../../src/image/json-values.ts';
import { type ProbeError, type ProbeFailureCode, problem } from '../../../src/playbook/answer.ts';
import { getPage } from '../../http/get-page.ts';

/** A Prometheus server, and until when it may be asked. */
export interface Server {
  readonly base: URL;
  readonly path: string;
  readonly target: string;
  readonly signal: AbortSignal;
}

const LARGEST_ANSWER = 8 * 1024 ** 2;

/**
 * The value of an expression now (Prometheus HTTP API, instant queries): the elements of a vector added up, or a scalar.
 * Null when the vector is empty or the sum is no finite number. Rejects with ProbeError.
 */
export async function queryInstant(server: Server, query: string): Promise<number | null> {
  const { status, body } = await ask(server, query);
  const answer = parseJsonObject(body);
  if (status !== 200 || answer?.status !== 'success') throw refusal(server, query, status, answer);
  const data = asObject(answer.data);
  const values = valuesOf(data);
  if (values === null) {
    const type = asText(data?.resultType) ?? 'nothing';
    throw fail(
      server,
      'invalid',
      `${query} gives ${type}, not one number at one time. Write an expression that gives a vector or scalar.`,
    );
  }
  const sum = values.reduce((total, value) => total + value, 0);
  return values.length === 0 || !Number.isFinite(sum) ? null : sum;
}

function valuesOf(data: JsonObject | null): readonly number[] | null {
  if (data?.resultType === 'scalar') return [numberOf(data.result)];
  if (data?.resultType !== 'vector') return null;
  return asList(data.result).map((element) => numberOf(asObject(element)?.value));
}

/** `[time, "value"]`, with `NaN`, `+Inf` and `-Inf`; whatever is no finite number counts as NaN. */
function numberOf(pair: unknown): number {
  const text = asText(asList(pair)[1]);
  return text === null || text === '' ? Number.NaN : Number(text);
}

async function ask(server: Server, query: string): Promise<{ status: number; body: string }> {
  const { base, path, target, signal } = server;
  const url = new URL(path, base);
  url.searchParams.set('query', query);
  const { status, text } = await getPage({ url, accept: 'application/json', target, signal, cap: LARGEST_ANSWER });
  if (text === null) throw fail(server, 'too-large', `${query} gives more than 8 MiB. Add its elements up with sum().`);
  return { status, body: text };
}

/** The failure by HTTP status; behind 503 the API's own `errorType` tells a timeout of the query apart. */
function refusal(server: Server, query: string, status: number, answer: JsonObject | null): ProbeError {
  const type = asText(answer?.errorType);
  if (status === 401 || status === 403)
    return fail(
      server,
      'denied',
      `it does not let us ask (${status}). Give its address a login, or let this machine ask.`,
    );
  if (type === 'timeout' || type === 'canceled')
    return fail(server, 'timeout', `${query} took it too long. Ask for less.`);
  if (status === 400 || status === 422)
    return fail(server, 'invalid', `it does not take ${query} (${status}). Check the expression in the configuration.`);
  if (status === 404)
    return fail(
      server,
      'not-found',
      'there is no Prometheus API at this address (404). Check it in the configuration.',
    );
  if (status === 429) return fail(server, 'rate-limited', 'it allows no more queries for now (429). Try again later.');
  if (status >= 500) return fail(server, 'unreachable', `it answered ${status}. See whether it is well.`);
  return fail(
    server,
    'invalid',
    `its answer (${status}) is not one of the Prometheus API. Check its address in the configuration.`,
  );
}

function fail({ target }: Server, code: ProbeFailureCode, message: string): ProbeError {
  return problem(code, target, message);
}
