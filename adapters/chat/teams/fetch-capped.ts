/** The largest answer that is read, bytes. A page of 500 members is far below. */
const ANSWER_LIMIT = 4 * 1024 * 1024;
const CALL_MS = 10_000;

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is asked. */
export interface Asked {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** One call with a deadline and a cap. Follows no redirection: tokens must not. Rejects with fetch's own errors. */
export async function fetchCapped(url: string, asked: Asked): Promise<Answer> {
  const response = await fetch(url, { ...asked, redirect: 'error', signal: AbortSignal.timeout(CALL_MS) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_LIMIT) throw new Error(`The answer is larger than ${ANSWER_LIMIT} bytes.`);
    chunks.push(chunk);
  }
  return { status: response.status, headers: response.headers, text: Buffer.concat(chunks).toString() };
}
