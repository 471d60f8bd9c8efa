import { asText } from '../../../src/image/json-values.ts';
import { answerOf, ProbeError, problem } from '../../../src/playbook/answer.ts';
import type { BuildLog } from '../../../src/playbook/build-log.ts';
import { isJob } from '../../../src/playbook/find-build.ts';
import type { RebuildHandle, RebuildRequest, RebuildState, Rebuilds } from '../../../src/ports/rebuilds.ts';
import { isOver } from '../../../src/run/build-glimpse.ts';
import { createClient, type GitlabClient } from './client.ts';
import { type PipelineDocument, readPipeline } from './documents.ts';
import { findPipeline, KEY_VARIABLE, keyOf, RUNNER_VARIABLE } from './find-rebuild.ts';
import { listJobs } from './list-builds.ts';
import type { GitlabOptions } from './options.ts';
import { apiAddress, jobPath, pipelinePath, projectPath } from './paths.ts';
import { readRunner } from './read-runner.ts';
import { readTrace } from './read-trace.ts';
import { rebuildStatus, statusOf } from './rebuild-state.ts';

/** For all that one question takes. */
const LONGEST_MS = 90_000;

/** Pipelines of a GitLab that are started through its API: a token with the scope `api`, of a Developer or Maintainer. */
export function createGitlabRebuilds(options: GitlabOptions): Rebuilds {
  const client = createClient(options);
  const { name, clock } = options;
  const within = (parent: AbortSignal) => clock.deadline(LONGEST_MS, parent);
  return {
    name,
    calls: (request) => [
      `POST ${apiAddress(options.url)}${projectPath(request.project)}/pipeline ${JSON.stringify(bodyOf(request, request.ref ?? '<default branch>'))}`,
    ],
    find: (request, signal) =>
      answerOf(async () => {
        const found = await findPipeline(client, request, within(signal));
        return found && handleOf(request, found);
      }),
    start: (request, signal) => answerOf(() => start(client, name, request, within(signal))),
    look: (handle, signal) => answerOf(() => look(client, name, handle, within(signal))),
    play: (handle, signal) => answerOf(() => play(client, name, handle, within(signal))),
    cancel: (handle, signal) => answerOf(() => cancel(client, name, handle, within(signal))),
  };
}

async function start(
  client: GitlabClient,
  target: string,
  request: RebuildRequest,
  signal: AbortSignal,
): Promise<RebuildHandle> {
  const earlier = await findPipeline(client, request, signal);
  if (earlier !== null) return handleOf(request, earlier);
  const ref = request.ref ?? (await defaultBranch(client, target, request.project, signal));
  const ask = { path: `${projectPath(request.project)}/pipeline`, what: `the start of a pipeline of ${ref}`, signal };
  try {
    return handleOf(request, readPipeline(await client.post(ask, bodyOf(request, ref))));
  } catch (error) {
    // Whether it began is not known when the answer was lost on its way.
    const isLost = error instanceof ProbeError && (error.why.code === 'unreachable' || error.why.code === 'timeout');
    const begun = isLost ? await answerOf(() => findPipeline(client, request, signal)) : null;
    if (begun?.kind === 'known' && begun.value !== null) return handleOf(request, begun.value);
    throw error;
  }
}

function bodyOf({ key, runner }: RebuildRequest, ref: string) {
  const variables = [{ key: KEY_VARIABLE, value: key }];
  return { ref, variables: runner === null ? variables : [...variables, { key: RUNNER_VARIABLE, value: runner }] };
}

async function defaultBranch(
  client: GitlabClient,
  target: string,
  project: string,
  signal: AbortSignal,
): Promise<string> {
  const document = await client.get({ path: projectPath(project), what: `the project ${project}`, signal });
  const branch = asText(document.default_branch);
  if (branch) return branch;
  throw problem(
    'not-found',
    target,
    `${project} has no default branch. Name one as \`ref\` under \`rebuild\` in the configuration.`,
  );
}

function handleOf({ project, key, job }: RebuildRequest, { id, url }: PipelineDocument): RebuildHandle {
  return { project, key, id, url, job };
}

async function pipelineOf(client: GitlabClient, { project, id }: RebuildHandle, signal: AbortSignal) {
  return readPipeline(await client.get({ path: pipelinePath(project, id), what: `the pipeline ${id}`, signal }));
}

async function look(
  client: GitlabClient,
  target: string,
  handle: RebuildHandle,
  signal: AbortSignal,
): Promise<RebuildState> {
  const [pipeline, jobs] = await Promise.all([
    pipelineOf(client, handle, signal),
    listJobs(client, handle.project, handle.id, signal),
  ]);
  const { status, said, job } = rebuildStatus(pipeline, jobs, handle.job);
  const over = isOver(status);
  if (job === null) return { status, over, said, job: null, log: null };
  const { id, name, url, status: word, startedAt, finishedAt } = job;
  const runner = await readRunner(client, job, signal);
  const log = over && startedAt !== null ? await logOf(client, target, handle.project, id, signal) : null;
  return { status, over, said, job: { id, name, url, status: word, startedAt, finishedAt, runner }, log };
}

/** A log that cannot be read does not make the state of the build unknown. */
async function logOf(
  client: GitlabClient,
  target: string,
  project: string,
  job: string,
  signal: AbortSignal,
): Promise<BuildLog | null> {
  const log = await answerOf(() => readTrace(client, { target, project, job }, signal));
  return log.kind === 'known' ? log.value : null;
}

async function play(client: GitlabClient, target: string, handle: RebuildHandle, signal: AbortSignal): Promise<void> {
  await refuseForeign(client, target, handle, signal);
  const jobs = await listJobs(client, handle.project, handle.id, signal);
  const waiting = jobs.filter(
    ({ status, name }) => status === 'manual' && (handle.job === null || isJob(name, handle.job)),
  );
  const [job] = waiting;
  if (job === undefined || waiting.length > 1) {
    const why = job === undefined ? 'no job waits' : `${waiting.length} jobs wait`;
    throw problem('conflict', target, `${why} to be played in ${handle.url}. Look at the pipeline there.`);
  }
  const ask = { path: `${jobPath(handle.project, job.id)}/play`, what: `playing the job ${job.name}`, signal };
  await client.post(ask, {});
}

async function cancel(
  client: GitlabClient,
  target: string,
  handle: RebuildHandle,
  signal: AbortSignal,
): Promise<'asked' | 'over'> {
  await refuseForeign(client, target, handle, signal);
  const { status } = await pipelineOf(client, handle, signal);
  // GitLab answers 200 for a pipeline that is over, and does nothing.
  if (isOver(statusOf(status))) return 'over';
  const ask = {
    path: `${pipelinePath(handle.project, handle.id)}/cancel`,
    what: `cancelling the pipeline ${handle.id}`,
    signal,
  };
  await client.post(ask, {});
  return 'asked';
}

/** Only what was started with our key is ours. */
async function refuseForeign(
  client: GitlabClient,
  target: string,
  { project, id, key, url }: RebuildHandle,
  signal: AbortSignal,
): Promise<void> {
  if ((await keyOf(client, project, id, signal)) === key) return;
  throw problem('conflict', target, `the pipeline ${url || id} was not started for ${key}, so it is left alone.`);
}
