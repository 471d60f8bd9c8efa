import { asTexts } from '../../../src/image/json-values.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { BuildRunner } from '../../../src/playbook/build-evidence.ts';
import type { GitlabClient } from './client.ts';
import { type JobDocument, machineOf } from './documents.ts';

/**
 * The runner of a job with what only its own document tells: tags, and the machine where the job's document is of an older
 * GitLab (before 17.1). Not everybody may read it: then what is known stays, and why the rest is not is said. Never rejects with
 * ProbeError: the runner is not worth losing the rest for.
 */
export async function readRunner(
  client: GitlabClient,
  { runner, runnerId }: JobDocument,
  signal: AbortSignal,
): Promise<BuildRunner | null> {
  if (runner === null || runnerId === null) return runner;
  try {
    const document = await client.get({ path: `/runners/${runnerId}`, what: `the runner ${runner.name}`, signal });
    const labels = [...new Set([...asTexts(document.tag_list), ...runner.labels])];
    if (runner.architecture !== null) return { ...runner, labels };
    const machine = machineOf(document);
    const unknownBecause = machine.architecture === null ? runner.unknownBecause : null;
    return { ...runner, ...machine, labels, unknownBecause };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    if (runner.architecture !== null) return runner;
    const hidden = error.why.code === 'denied' || error.why.code === 'not-found';
    const unknownBecause = hidden
      ? `the token may not see the runner ${runner.name}; with the role Maintainer (or Owner) it would`
      : error.why.message;
    return { ...runner, unknownBecause };
  }
}
