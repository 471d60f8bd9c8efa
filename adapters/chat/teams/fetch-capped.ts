import { readAnswer } from '../../http/read-answer.ts';

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
  const bytes = await readAnswer(response, ANSWER_LIMIT);
  return { status: response.status, headers: response.headers, text: bytes.toString() };
}
