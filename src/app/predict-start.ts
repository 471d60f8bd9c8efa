import { execve } from '../kernel/execve.ts';
import { type FileTree, runOverRemote, type TreeProgram } from '../kernel/file-tree.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { resolveUser } from '../kernel/users.ts';
import { ProbeError } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';

/** What the kernel model says of starting this in that tree on that host. Rejects with ProbeError when it cannot be read. */
export async function predictStart(
  tree: FileTree,
  host: Pick<HostFacts, 'kernel'>,
  start: Pick<InstanceFacts, 'argv' | 'path' | 'workingDir' | 'user'>,
): Promise<Outcome> {
  const outcome = await runOverRemote(tree, program());
  if (outcome) return outcome;
  throw new ProbeError({
    code: 'not-found',
    target: start.user,
    message: 'this user is not in the image’s /etc/passwd',
  });

  function* program(): TreeProgram<Outcome | null> {
    const user = yield* resolveUser(start.user);
    if (!user) return null;
    const { argv, path, workingDir } = start;
    return yield* execve({ argv, path, cwd: workingDir || '/', ...user }, host.kernel);
  }
}
