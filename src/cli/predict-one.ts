import { execve } from '../kernel/execve.ts';
import { runOver, type SyncFileTree, type TreeProgram } from '../kernel/file-tree.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { resolveUser } from '../kernel/users.ts';
import { faultByFiles } from '../playbook/foreign-files.ts';
import type { PredictRequest } from './predict-request.ts';

/** What execve(2) would do. Throws with a sentence when the user is unknown or the files cannot be read. */
export function predictOne(tree: SyncFileTree, request: PredictRequest): Outcome {
  return runOver(tree, program(request));
}

function* program({ argv, path, cwd, user, host }: PredictRequest): TreeProgram<Outcome> {
  const ids = yield* resolveUser(user);
  if (!ids) throw new Error(`user ${JSON.stringify(user)} is not in the root file system’s /etc/passwd or /etc/group`);
  const outcome = yield* execve({ argv, path, cwd, ...ids }, host);
  return { ...outcome, fault: yield* faultByFiles(outcome, host) };
}
