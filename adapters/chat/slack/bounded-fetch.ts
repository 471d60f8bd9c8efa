import { readAnswer } from '../../http/read-answer.ts';

/** The largest answer that is read, bytes. A page of replies is far below. */
const ANSWER_LIMIT = 8 * 1024 * 1024;

/**
 * The `fetch` of Slack's clients: with a deadline where they set none (`response_url`), and with the whole answer read,
 * capped, before they see it, so that an answer that breaks off is a failed request to them.
 */
export function createBoundedFetch(timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? AbortSignal.timeout(timeoutMs);
    // No answer of Slack's is a redirection; tokens must not follow one.
    const response = await fetch(input, { ...init, signal, redirect: 'error' });
    const body = await readAnswer(response, ANSWER_LIMIT);
    const headers = new Headers(response.headers);
    // Without the header the client gives up with an error that cannot be told from a defect.
    if (response.status === 429 && !/^\d+$/.test(headers.get('retry-after') ?? '')) headers.set('retry-after', '1');
    const { status, statusText } = response;
    return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
  };
}
