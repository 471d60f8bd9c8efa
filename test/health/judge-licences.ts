/** What is used of package-lock.json. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

/** A licence of a package that is shipped. */
export interface Licence {
  /** `node_modules/@slack/bolt` */
  readonly path: string;
  readonly version: string;
  /** An SPDX expression; null when the package tells none. */
  readonly licence: string | null;
  readonly allowed: boolean;
}

/** Licences that ask for no more than to be named. What is not here is looked at by a person first. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

/** Whether an SPDX expression leaves a choice that is allowed. Brackets within brackets count as not allowed. */
export function isAllowed(expression: string): boolean {
  const choices = expression.replace(/^\((.*)\)$/, '$1').split(/\s+OR\s+/);
  return choices.some((choice) => choice.split(/\s+AND\s+/).every((part) => ALLOWED.has(part)));
}

/** The licence of each package that is shipped. `ask` reads what the lock does not tell: the package's own manifest. */
export function judgeLicences(lock: Lock, ask: (path: string) => unknown): readonly Licence[] {
  const shipped = Object.entries(lock.packages).filter(([path, { dev, link }]) => path !== '' && !dev && !link);
  return shipped.map(([path, { version = '', license }]) => {
    const licence = license ?? ofManifest(ask(path));
    return { path, version, licence, allowed: licence !== null && isAllowed(licence) };
  });
}

/** `license`, or the `licenses` of the time before SPDX: any of them. */
function ofManifest(manifest: unknown): string | null {
  const { license, licenses } = (manifest ?? {}) as { readonly license?: unknown; readonly licenses?: unknown };
  if (typeof license === 'string') return license;
  const types = Array.isArray(licenses) ? licenses.map((each: { readonly type?: unknown }) => each?.type) : [];
  const names = types.filter((type) => typeof type === 'string');
  return names.length > 0 ? names.join(' OR ') : null;
}
