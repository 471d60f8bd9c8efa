import type { TreeProgram } from './file-tree.ts';
import type { ExecRequest } from './host.ts';
import type { ErrnoName } from './outcome.ts';
import { mayExecute, resolvePath } from './resolve-path.ts';

/** The file that the runtime will execute, or why it refuses before execve(2). */
export type LookedUp =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'refused'; readonly errno: ErrnoName; readonly why: string };

/**
 * The runtime's own look-up of argv[0] (Go's exec.LookPath in runc and containerd): a name with a slash is taken as it is, another
 * is looked for in the container's PATH. A candidate counts if it is no directory and the user may execute it (Go ≥ 1.20); its
 * content is not looked at.
 */
export function* lookUp(request: ExecRequest): TreeProgram<LookedUp> {
  const name = request.argv[0] ?? '';
  if (name.includes('/')) return { kind: 'found', name };
  const notFound: LookedUp = {
    kind: 'refused',
    errno: 'ENOENT',
    why: `${name || 'an empty name'} is not found in $PATH`,
  };
  if (name === '' || name === '.' || name === '..' || request.path === null || request.path === '') return notFound;
  for (const element of request.path.split(':')) {
    const candidate = element === '' ? `./${name}` : `${element}/${name}`;
    const found = yield* resolvePath(candidate, request.cwd, request);
    if (found.kind === 'error' || found.entry.kind === 'directory' || !mayExecute(found.entry, request)) continue;
    if (candidate.startsWith('/')) return { kind: 'found', name: candidate };
    return {
      kind: 'refused',
      errno: 'EINVAL',
      why: `${name} would be found relative to the working directory, which the runtime refuses`,
    };
  }
  return notFound;
}
