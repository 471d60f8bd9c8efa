import type { LoaderKind } from './loader-kind.ts';

/** What glibc's dynamic string tokens stand for in one object; null for what is not known. */
export interface Tokens {
  readonly ORIGIN: string | null;
  readonly LIB: string | null;
  /** AT_PLATFORM, which glibc before 2.37 replaces by the processor's: never known. */
  readonly PLATFORM: null;
}

/** The directory of a path that a loader opened; a relative one lies in `cwd`. */
export function originOf(name: string, cwd: string): string {
  const absolute = name.startsWith('/') ? name : `${cwd === '/' ? '' : cwd}/${name}`;
  return absolute.slice(0, Math.max(absolute.lastIndexOf('/'), 1));
}

/** The tokens of an object whose file was opened as `name`. */
export function tokensOf(name: string, cwd: string, kind: LoaderKind & { kind: 'glibc' }): Tokens {
  return { ORIGIN: originOf(name, cwd), LIB: kind.lib, PLATFORM: null };
}

const TOKEN = /\$(?:\{(ORIGIN|PLATFORM|LIB)\}|(ORIGIN|PLATFORM|LIB)(?![A-Za-z0-9_]))/g;

/**
 * Replaces $ORIGIN, $LIB and $PLATFORM as glibc (elf/dl-load.c, _dl_dst_substitute). Null when one of them is not
 * known. A token must end where a name ends: `$ORIGINAL` stands for itself.
 */
export function expandTokens(text: string, tokens: Tokens): string | null {
  let known = true;
  const expanded = text.replace(TOKEN, (_, curly: keyof Tokens | undefined, plain: keyof Tokens | undefined) => {
    const value = tokens[curly ?? plain ?? 'PLATFORM'];
    if (value === null) known = false;
    return value ?? '';
  });
  return known ? expanded : null;
}
