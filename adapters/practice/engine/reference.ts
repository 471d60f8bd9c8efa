/** An image reference taken apart. Without a digest the tag is `latest` if none is given. */
export interface Reference {
  /** With the registry: `127.0.0.1:5000/pdf-renderer`. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** Reads `repository[:tag][@digest]`. */
export function parseReference(text: string): Reference {
  const [named = '', digest = null] = text.split('@');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const repository = tagged ? named.slice(0, colon) : named;
  const tag = tagged ? named.slice(colon + 1) : null;
  return { repository, tag: tag ?? (digest ? null : 'latest'), digest };
}

/** `repository@digest`, or else `repository:tag`. */
export function formatReference({ repository, tag, digest }: Reference): string {
  return digest ? `${repository}@${digest}` : `${repository}:${tag}`;
}

/** Whether a listing's `reference` filter means this tag or digest; `*` and `?` stop at slashes, as Go's path.Match has it. */
export function matchesReference(pattern: string, reference: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const matcher = new RegExp(`^${expression}$`);
  return matcher.test(reference) || matcher.test(parseReference(reference).repository);
}
