import { request } from 'undici';
import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';

const LARGEST_PAGE = 8 * 1024 ** 2;
const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];

/** Fetches a metrics page of at most 8 MiB. Redirects are not followed. Rejects with ProbeError. */
export async function fetchPage(url: URL, target: string, signal: AbortSignal): Promise<string> {
  const fail = (code: ProbeFailureCode, message: string, cause?: unknown) =>
    new ProbeError({ code, target, message }, { cause });
  const headers = { accept: 'text/plain;version=0.0.4', 'user-agent': 'execfmt', ...loginOf(url) };
  try {
    const reply = await request(new URL(url.pathname + url.search, url.origin), { headers, signal });
    if (reply.statusCode !== 200) {
      await reply.body.dump();
      throw statusFailure(reply.statusCode, fail);
    }
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of reply.body) {
      chunks.push(chunk as Buffer);
      total += (chunk as Buffer).length;
      if (total > LARGEST_PAGE)
        throw fail('too-large', `the page at ${url.host} is larger than 8 MiB. Scrape a smaller page.`);
    }
    return Buffer.concat(chunks, total).toString('utf8');
  } catch (error) {
    if (error instanceof ProbeError) throw error;
    if (signal.aborted) throw fail('timeout', `${url.host} did not answer in time. See whether it is up.`, error);
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    if (TIMEOUTS.includes(code))
      throw fail('timeout', `${url.host} did not answer in time (${code}). See whether it is up.`, error);
    throw fail(
      'unreachable',
      `${url.host} could not be reached (${code}). See whether it is up and the address is right.`,
      error,
    );
  }
}

function statusFailure(status: number, fail: (code: ProbeFailureCode, message: string) => ProbeError): ProbeError {
  if (status === 401 || status === 403)
    return fail(
      'denied',
      `the page does not let us read it (${status}). Give its address a login, or let this machine read it.`,
    );
  if (status === 404)
    return fail('not-found', 'there is no page at this address (404). Check its path in the configuration.');
  if (status === 429) return fail('rate-limited', 'the page allows no more requests for now (429). Try again later.');
  if (status >= 500)
    return fail('unreachable', `the page answered ${status}. See whether the program behind it is well.`);
  return fail(
    'invalid',
    `the page answered ${status}, which is no metrics page. Check its address in the configuration.`,
  );
}

function loginOf(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(login, 'utf8').toString('base64')}` };
}
