import { problem } from '../../src/playbook/answer.ts';
import type { Question } from './exchange.ts';
import { translateNetworkError } from './network-failure.ts';
import { readCapped } from './read-capped.ts';
import type { Reply } from './reply.ts';

/** Gives the body part by part, until `visit` gives false. Rejects with ProbeError. */
export async function eachPart(reply: Reply, question: Question, visit: (part: Uint8Array) => boolean): Promise<void> {
  try {
    for await (const part of reply.body) if (!visit(part as Buffer)) break;
  } catch (error) {
    throw translateNetworkError(error, question);
  }
}

/** The body as text. One of more than `cap` bytes is cut there, or refused: ProbeError, too-large. */
export async function readText(
  reply: Reply,
  question: Question,
  cap: number,
  beyond: 'refuse' | 'cut',
): Promise<string> {
  const { bytes, whole } = await readCapped(reply.body, cap).catch((error: unknown) => {
    throw translateNetworkError(error, question);
  });
  if (whole || beyond === 'cut') return bytes.toString('utf8');
  const { target, what } = question;
  throw problem('too-large', target, `the answer for ${what} is larger than ${cap} bytes, which no sound one is.`);
}
