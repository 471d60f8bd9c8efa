import { ProbeError, problem } from '../../../src/playbook/answer.ts';
import type { Question, Reply } from './exchange.ts';
import { translateNetworkError } from './network-failure.ts';

/** The whole body of a reply, of at most `cap` bytes. Rejects with ProbeError: too-large, timeout, unreachable. */
export async function readBody(reply: Reply, question: Question, cap: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of bodyOf(reply, question)) {
    total += chunk.length;
    if (total > cap) {
      const message = `${question.what} is larger than ${cap} bytes, which no sound one is. Nothing of it was used.`;
      throw problem('too-large', question.endpoint.registry, message);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}

/** The body as it comes; what the network does to it rejects with ProbeError. Leaving early closes the connection. */
export async function* bodyOf(reply: Reply, question: Question): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of reply.body) yield chunk as Buffer;
  } catch (error) {
    throw translateNetworkError(error, question);
  }
}

/** Ends a transfer whose body nobody wants. */
export function abandon(reply: Reply): void {
  // undici tells of it by an error, which is no news to us.
  reply.body.on('error', () => {}).destroy();
}

const LARGEST_REFUSAL = 64 * 1024;

/** The body of an answer that is no success, as far as it is of use; never a reason of its own to fail. */
export async function readRefusal(reply: Reply, question: Question): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of bodyOf(reply, question)) {
      chunks.push(chunk);
      total += chunk.length;
      if (total > LARGEST_REFUSAL) break;
    }
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
  }
  return Buffer.concat(chunks);
}
