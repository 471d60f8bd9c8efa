import { problem } from '../../../src/playbook/answer.ts';
import type { Question, Reply } from './exchange.ts';
import { translateNetworkError } from './network-failure.ts';

/** Gives the body part by part, until `visit` gives false. Rejects with ProbeError. */
export async function eachPart(reply: Reply, question: Question, visit: (part: Uint8Array) => boolean): Promise<void> {
  try {
    for await (const part of reply.body) if (!visit(part as Buffer)) break;
  } catch (error) {
    throw translateNetworkError(error, { ...question, host: question.url.host });
  }
}

/** The body as text, of at most `cap` bytes. */
export async function readBody(
  reply: Reply,
  question: Question,
  cap: number,
  beyond: 'refuse' | 'cut',
): Promise<string> {
  const parts: Uint8Array[] = [];
  let total = 0;
  await eachPart(reply, question, (part) => {
    parts.push(part);
    total += part.length;
    return total <= cap;
  });
  if (total > cap && beyond === 'refuse')
    throw problem(
      'too-large',
      question.target,
      `the answer for ${question.what} is larger than ${cap} bytes, which GitHub’s are not.`,
    );
  return Buffer.concat(parts).toString('utf8', 0, cap);
}
