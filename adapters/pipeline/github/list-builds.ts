import { answerOf } from '../../../src/playbook/answer.ts';
import type { BuildListing, RunFilter } from '../../../src/playbook/find-build.ts';
import type { GithubClient } from './client.ts';
import { type JobDocument, readJob, readRun } from './documents.ts';
import { readJobLog } from './read-job-log.ts';
import { repositoryPath } from './repository-path.ts';

const MOST_RUNS = 20;
const MOST_JOBS = 200;

interface Where {
  readonly target: string;
  readonly project: string;
  /** A file's name; null: all workflows. */
  readonly workflow: string | null;
}

/** The runs, jobs and logs of one repository or workflow. */
export function listBuilds(client: GithubClient, where: Where, signal: AbortSignal): BuildListing<JobDocument> {
  const { target, project } = where;
  return {
    runs: async (filter) => {
      const ask = { path: runsPath(where), query: queryOf(filter), what: `the runs of ${project}`, signal };
      return (await client.list(ask, 'workflow_runs', MOST_RUNS)).map(readRun);
    },
    jobs: ({ id }) => listJobs(client, where, id, signal),
    log: (job) => answerOf(() => readJobLog(client, { target, project, job: job.id }, signal)),
  };
}

/** All jobs of a run's last attempt. */
export async function listJobs(
  client: GithubClient,
  { target, project }: Pick<Where, 'target' | 'project'>,
  run: string,
  signal: AbortSignal,
): Promise<readonly JobDocument[]> {
  const path = `${repositoryPath(project, target)}/actions/runs/${encodeURIComponent(run)}/jobs`;
  return (await client.list({ path, what: `the jobs of run ${run}`, signal }, 'jobs', MOST_JOBS)).map(readJob);
}

export function runsPath({ target, project, workflow }: Where): string {
  const below = workflow === null ? '' : `/workflows/${encodeURIComponent(workflow)}`;
  return `${repositoryPath(project, target)}/actions${below}/runs`;
}

/** A run of a git tag has the tag as its branch. */
function queryOf(filter: RunFilter): Record<string, string> {
  if (filter.kind === 'revision') return { head_sha: filter.revision };
  if (filter.kind === 'tag') return { branch: filter.tag };
  const branch: Record<string, string> = filter.ref === null ? {} : { branch: filter.ref };
  if (filter.kind === 'latest') return branch;
  // To the second and a little later: the clocks differ. The newest of them was the one that ran.
  const latest = new Date(filter.at.getTime() + 120_000).toISOString().replace(/\.\d+Z$/, 'Z');
  return { ...branch, created: `<=${latest}` };
}
