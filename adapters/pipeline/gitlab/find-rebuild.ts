import { asText } from '../../../src/image/json-values.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { RebuildRequest } from '../../../src/ports/rebuilds.ts';
import type { GitlabClient } from './client.ts';
import { type PipelineDocument, readPipeline } from './documents.ts';
import { pipelinePath, projectPath } from './paths.ts';

/** The variables that a pipeline of ours is given. */
export const KEY_VARIABLE = 'EXECFMT_RUN';
export const RUNNER_VARIABLE = 'EXECFMT_RUNNER';

const MOST_PIPELINES = 40;
const AT_ONCE = 5;

/** The pipeline that was started with a key; null when none of the newest ones that the API started has it. */
export async function findPipeline(
  client: GitlabClient,
  { project, ref, key }: Pick<RebuildRequest, 'project' | 'ref' | 'key'>,
  signal: AbortSignal,
): Promise<PipelineDocument | null> {
  const query = { source: 'api', order_by: 'id', sort: 'desc', ...(ref !== null && { ref }) };
  const ask = { path: `${projectPath(project)}/pipelines`, query, what: `the pipelines of ${project}`, signal };
  const pipelines = (await client.list(ask, MOST_PIPELINES)).map(readPipeline);
  for (let start = 0; start < pipelines.length; start += AT_ONCE) {
    const some = pipelines.slice(start, start + AT_ONCE);
    const keys = await Promise.all(some.map(({ id }) => keyOf(client, project, id, signal)));
    const index = keys.indexOf(key);
    if (index >= 0) return some[index] ?? null;
  }
  return null;
}

/** The key that a pipeline was started with; null when it has none, or is somebody else's and hides its variables. */
export async function keyOf(
  client: GitlabClient,
  project: string,
  id: string,
  signal: AbortSignal,
): Promise<string | null> {
  const ask = { path: `${pipelinePath(project, id)}/variables`, what: `the variables of pipeline ${id}`, signal };
  try {
    const variables = await client.list(ask, 100);
    return asText(variables.find(({ key }) => key === KEY_VARIABLE)?.value);
  } catch (error) {
    if (error instanceof ProbeError && (error.why.code === 'denied' || error.why.code === 'not-found')) return null;
    throw error;
  }
}
