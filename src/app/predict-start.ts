import { type FileTree, runOverRemote } from '../kernel/file-tree.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { startAs } from '../kernel/start-as.ts';
import { ProbeError } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';

/** What is executed, and as whom. */
type Start = Pick<InstanceFacts, 'argv' | 'path' | 'workingDir' | 'user'>;

/** What was predicted of a tree already: two hundred hosts that are alike start the same image in the same way. */
const predicted = new WeakMap<FileTree, Map<string, Promise<Outcome>>>();

/** The same as `predictStart`, asked once for each tree, host and start: of trees that stand still, as images do. */
export function predictStartOnce(tree: FileTree, host: Pick<HostFacts, 'kernel'>, start: Start): Promise<Outcome> {
  const known = predicted.get(tree) ?? new Map<string, Promise<Outcome>>();
  predicted.set(tree, known);
  const { argv, path, workingDir, user } = start;
  const key = JSON.stringify([host.kernel, argv, path, workingDir, user]);
  const outcome = known.get(key) ?? predictStart(tree, host, start);
  known.set(key, outcome);
  return outcome;
}

/** What the kernel model says of starting this in that tree on that host. Rejects with ProbeError when it cannot be read. */
export async function predictStart(tree: FileTree, host: Pick<HostFacts, 'kernel'>, start: Start): Promise<Outcome> {
  const { argv, path, workingDir, user } = start;
  const outcome = await runOverRemote(tree, startAs({ argv, path, cwd: workingDir || '/', user }, host.kernel));
  if (outcome) return outcome;
  throw new ProbeError({
    code: 'not-found',
    target: user,
    message: 'this user is not in the image’s /etc/passwd',
  });
}
