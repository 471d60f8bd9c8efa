import { answerOf } from '../../../src/playbook/answer.ts';
import type { BuildListing, RunFilter } from '../../../src/playbook/find-build.ts';
import type { Ask } from '../../http/rest-client.ts';
import type { GitlabClient } from './client.ts';
import { type JobDocument, readJob, readPipeline } from './documents.ts';
import { pipelinePath, projectPath } from './paths.ts';
import { readTrace } from './read-trace.ts';

const MOST_PIPELINES = 20;
const MOST_JOBS = 200;

/** The pipelines, jobs and logs of one project. */
export function listBuilds(
  client: GitlabClient,
  target: string,
  project: string,
  signal: AbortSignal,
): BuildListing<JobDocument> {
  return {
    runs: async (filter) => {
      const ask = { path: `${projectPath(project)}/pipelines`, what: `the pipelines of ${project}`, signal };
      const found = await client.list({ ...ask, query: queryOf(filter) }, MOST_PIPELINES);
      return found.map(readPipeline);
    },
    jobs: ({ id }) => listJobs(client, project, id, signal),
    log: (job) => answerOf(() => readTrace(client, { target, project, job: job.id }, signal)),
  };
}

/** All jobs of a pipeline, those that were retried in their last try. */
export async function listJobs(client: GitlabClient, project: string, pipeline: string, signal: AbortSignal) {
  const ask = { path: `${pipelinePath(project, pipeline)}/jobs`, what: `the jobs of pipeline ${pipeline}`, signal };
  return (await client.list(ask, MOST_JOBS)).map(readJob);
}

function queryOf(filter: RunFilter): NonNullable<Ask['query']> {
  const newest = { order_by: 'id', sort: 'desc' } as const;
  if (filter.kind === 'revision') return { ...newest, sha: filter.revision };
  if (filter.kind === 'tag') return { ...newest, ref: filter.tag };
  const ref = filter.ref === null ? {} : { ref: filter.ref };
  if (filter.kind === 'latest') return { ...newest, ...ref };
  return { ...ref, order_by: 'id', sort: 'asc', updated_after: filter.at.toISOString() };
}
