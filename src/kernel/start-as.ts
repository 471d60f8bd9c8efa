import { execve } from './execve.ts';
import type { TreeProgram } from './file-tree.ts';
import type { ExecRequest, KernelHost } from './host.ts';
import type { Outcome } from './outcome.ts';
import { resolveUser } from './users.ts';

/** What is started, as a container's configuration says it: `user` is empty, `1000:1000` or a name. */
export type StartRequest = Pick<ExecRequest, 'argv' | 'path' | 'cwd'> & { readonly user: string };

/** What happens when this is started: the user by the tree's own files, then `execve`. Null when the user is not there. */
export function* startAs({ user, ...request }: StartRequest, host: KernelHost): TreeProgram<Outcome | null> {
  const ids = yield* resolveUser(user);
  return ids && (yield* execve({ ...request, ...ids }, host));
}
