import { oneLine } from './one-line.ts';

/** Where the sources of an image lie. All of it is what the builder said. */
export interface SourceLocation {
  /** Without a login, a query or a ref. */
  readonly repository: string | null;
  /** `refs/heads/main` */
  readonly ref: string | null;
  /** The commit. */
  readonly revision: string | null;
}

const LONGEST_ADDRESS = 8192;

/** An address without what may be a secret in it: user, password and query. Null when it is longer than any sound one. */
export function withoutLogin(address: string | null): string | null {
  if (address === null || address.length > LONGEST_ADDRESS) return null;
  const plain = address
    .trim()
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
    .replace(/^[^/@:]*:[^/@]*@/, '')
    .replace(/\?[^#]*/, '');
  return oneLine(plain);
}

/**
 * Takes the address of sources apart: `git+https://host/team/app@refs/heads/main` (SPDX download location) and
 * `https://host/team/app.git#main` (BuildKit).
 */
export function readSourceLocation(address: string | null, revision: string | null): SourceLocation | null {
  const plain = withoutLogin(address)?.replace(/^git\+/, '') ?? null;
  const commit = oneLine(revision);
  if (plain === null) return commit === null ? null : { repository: null, ref: null, revision: commit };
  // What may follow a ref of BuildKit's after a colon is a folder in the repository.
  const [, repository = plain, ref = null] = /^([a-z]+:\/\/[^@#]+)[@#]([^:]+)/i.exec(plain) ?? [];
  return { repository, ref, revision: commit };
}
