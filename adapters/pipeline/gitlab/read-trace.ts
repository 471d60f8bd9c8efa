import { problem } from '../../../src/playbook/answer.ts';
import type { BuildLog } from '../../../src/playbook/build-log.ts';
import { createBuildLogReader } from '../../../src/playbook/read-build-log.ts';
import { redact } from '../../../src/view/redact.ts';
import type { GitlabClient } from './client.ts';
import { jobPath } from './paths.ts';

/** A runner of GitLab cuts logs at 4 MiB unless it is told otherwise (`output_limit`). */
const MOST_BYTES = 32 * 1024 ** 2;

/** Reads a job's log as it comes. Rejects with ProbeError; an erased or empty log is `not-found`. */
export async function readTrace(
  client: GitlabClient,
  { target, project, job }: { readonly target: string; readonly project: string; readonly job: string },
  signal: AbortSignal,
): Promise<BuildLog> {
  const reader = createBuildLogReader(redact);
  const decoder = new TextDecoder();
  let total = 0;
  await client.text({ path: `${jobPath(project, job)}/trace`, what: `the log of job ${job}`, signal }, (part) => {
    total += part.length;
    reader.add(decoder.decode(part, { stream: true }));
    return total <= MOST_BYTES;
  });
  if (total === 0) throw problem('not-found', target, `job ${job} has no log: it was erased, or never began.`);
  return reader.end(total > MOST_BYTES);
}
