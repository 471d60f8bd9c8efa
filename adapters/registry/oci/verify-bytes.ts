import { createHash } from 'node:crypto';
import { isDigest } from '../../../src/image/reference.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { Reply } from './exchange.ts';

/** What bytes must be, as whoever points to them states it. */
export interface Expected {
  readonly digest: string;
  /** Bytes; null when it is not stated. */
  readonly size: number | null;
}

/**
 * Checks bytes against what is expected of them, else against the digest that the registry states, which tells of a cut
 * off or altered answer. Gives their digest. Throws ProbeError (`invalid`).
 */
export function verifyBytes(
  bytes: Buffer,
  headers: Reply['headers'],
  expected: Expected | null,
  of: { readonly registry: string; readonly what: string },
): string {
  const size = expected?.size ?? bytes.length;
  if (bytes.length !== size) {
    const message = `${of.what} came with ${bytes.length} bytes, and ${size} are stated where it is named. It was cut off or altered on its way, or pushed wrong.`;
    throw problem('invalid', of.registry, message);
  }
  const stated = headers['docker-content-digest'];
  const wanted = expected?.digest ?? (typeof stated === 'string' && isDigest(stated) ? stated : null);
  const digest = digestOf(bytes, wanted ?? 'sha256');
  if (wanted === null || digest === wanted) return digest;
  const message = `${of.what} came with other bytes than its digest ${wanted} stands for. Something between here and the registry alters answers, or the registry’s storage is damaged.`;
  throw problem('invalid', of.registry, message);
}

/** `sha256:…` of bytes, by the algorithm that another digest names. */
export function digestOf(bytes: Uint8Array, like = 'sha256'): string {
  const algorithm = like.split(':')[0] ?? 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
