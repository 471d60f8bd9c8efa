import { runOver, type SyncFileTree, type TreeProgram } from '../kernel/file-tree.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { startAs } from '../kernel/start-as.ts';
import { faultByFiles } from '../playbook/foreign-files.ts';
import type { PredictRequest } from './predict-request.ts';

/** What execve(2) would do. Throws with a sentence when the user is unknown or the files cannot be read. */
export function predictOne(tree: SyncFileTree, request: PredictRequest): Outcome {
  return runOver(tree, program(request));
}

function* program({ argv, path, cwd, user, host }: PredictRequest): TreeProgram<Outcome> {
  const outcome = yield* startAs({ argv, path, cwd, user }, host);
  if (!outcome)
    throw new Error(`user ${JSON.stringify(user)} is not in the root file system’s /etc/passwd or /etc/group`);
  return { ...outcome, fault: yield* faultByFiles(outcome, host) };
}
