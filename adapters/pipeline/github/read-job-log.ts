import { problem } from '../../../src/playbook/answer.ts';
import type { BuildLog } from '../../../src/playbook/build-log.ts';
import { createBuildLogReader } from '../../../src/playbook/read-build-log.ts';
import { redact } from '../../../src/view/redact.ts';
import type { GithubClient } from './client.ts';
import { repositoryPath } from './repository-path.ts';

/** What counts stands in far smaller logs. */
const MOST_BYTES = 32 * 1024 ** 2;

/** Reads a job's log as it comes. Rejects with ProbeError. */
export async function readJobLog(
  client: GithubClient,
  { target, project, job }: { readonly target: string; readonly project: string; readonly job: string },
  signal: AbortSignal,
): Promise<BuildLog> {
  const reader = createBuildLogReader(redact);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let total = 0;
  const path = `${repositoryPath(project, target)}/actions/jobs/${encodeURIComponent(job)}/logs`;
  await client.text({ path, what: `the log of job ${job}`, signal }, (part) => {
    total += part.length;
    reader.add(decoder.decode(part, { stream: true }));
    return total <= MOST_BYTES;
  });
  if (total === 0) throw problem('not-found', target, `job ${job} has an empty log.`);
  return reader.end(total > MOST_BYTES);
}
