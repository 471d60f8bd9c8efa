import type { TreeProgram } from './file-tree.ts';
import { type Identity, mayExecute } from './permissions.ts';
import { cleanPath, resolvePath } from './resolve-path.ts';

/** Where the runtime finds a program by its bare name; `passedOver` is a file of that name without a usable x bit. */
export type LookUp =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'relative'; readonly path: string }
  | { readonly kind: 'not-found'; readonly passedOver: string | null };

/** `executable`, or what is in the way. */
function* probe(path: string, cwd: string, who: Identity): TreeProgram<'executable' | 'denied' | 'absent'> {
  const found = yield* resolvePath(path, cwd, who);
  if (!found.found || found.entry.kind === 'directory') return 'absent';
  return mayExecute(found.entry, who) ? 'executable' : 'denied';
}

/**
 * Searches PATH as Go's exec.LookPath (1.20 and later) does for runc: the first file that the user may execute wins,
 * its content is not looked at, and a hit through an empty or relative element is refused.
 */
export function* lookUp(name: string, path: string | null, cwd: string, who: Identity): TreeProgram<LookUp> {
  let passedOver: string | null = null;
  if (name === '' || name === '.' || name === '..' || !path) return { kind: 'not-found', passedOver };
  for (const element of path.split(':')) {
    const candidate = cleanPath(element === '' ? name : `${element}/${name}`);
    const state = yield* probe(candidate, cwd, who);
    if (state === 'executable') return { kind: candidate.startsWith('/') ? 'found' : 'relative', path: candidate };
    if (state === 'denied') passedOver ??= candidate;
  }
  return { kind: 'not-found', passedOver };
}
