import { isDigest } from '../../../../src/image/reference.ts';

/** What of several images in a file is meant; both empty for the only one. */
export interface LocalReference {
  readonly name: string;
  /** Wins over the name. */
  readonly digest: string | null;
}

/** Takes `name`, `@sha256:…` or `name@sha256:…` apart. */
export function splitReference(text: string): LocalReference {
  const at = text.lastIndexOf('@');
  const digest = at < 0 ? '' : text.slice(at + 1);
  return isDigest(digest) ? { name: text.slice(0, at), digest } : { name: text, digest: null };
}
