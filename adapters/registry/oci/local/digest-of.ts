import { createHash } from 'node:crypto';

/** `sha256:…` of bytes, by the algorithm that another digest names. */
export function digestOf(bytes: Uint8Array, like = 'sha256'): string {
  const algorithm = like.split(':')[0] ?? 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
