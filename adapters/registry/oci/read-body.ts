import { ProbeError, problem } from '../../../src/playbook/answer.ts';
import { readCapped } from '../../http/read-capped.ts';
import type { Question, Reply } from './exchange.ts';
import { translateNetworkError } from './network-failure.ts';

/** The whole body of a reply, of at most `cap` bytes. Rejects with ProbeError: too-large, timeout, unreachable. */
export async function readBody(reply: Reply, question: Question, cap: number): Promise<Buffer> {
  const { bytes, whole } = await readCapped(bodyOf(reply, question), cap);
  if (whole) return bytes;
  const message = `${question.what} is larger than ${cap} bytes, which no sound one is. Nothing of it was used.`;
  throw problem('too-large', question.endpoint.registry, message);
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
  return (await readCapped(asFarAsItCame(reply, question), LARGEST_REFUSAL)).bytes;
}

async function* asFarAsItCame(reply: Reply, question: Question): AsyncGenerator<Buffer> {
  try {
    yield* bodyOf(reply, question);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
  }
}
