import { type ProbeError, type ProbeFailureCode, problem } from '../../../src/playbook/answer.ts';
import { getPage } from '../../http/get-page.ts';

const LARGEST_PAGE = 8 * 1024 ** 2;

/** Fetches a metrics page of at most 8 MiB. Redirects are not followed. Rejects with ProbeError. */
export async function fetchPage(url: URL, target: string, signal: AbortSignal): Promise<string> {
  const fail = (code: ProbeFailureCode, message: string) => problem(code, target, message);
  const { status, text } = await getPage({
    url,
    accept: 'text/plain;version=0.0.4',
    target,
    signal,
    cap: LARGEST_PAGE,
  });
  if (status !== 200) throw statusFailure(status, fail);
  if (text === null) throw fail('too-large', `the page at ${url.host} is larger than 8 MiB. Scrape a smaller page.`);
  return text;
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
