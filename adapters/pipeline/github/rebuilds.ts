import { answerOf, ProbeError, problem } from '../../../src/playbook/answer.ts';
import type { BuildLog } from '../../../src/playbook/build-log.ts';
import type { RebuildHandle, RebuildRequest, RebuildState, Rebuilds } from '../../../src/ports/rebuilds.ts';
import { isOver } from '../../../src/run/build-glimpse.ts';
import { createClient, type GithubClient } from './client.ts';
import { type RunDocument, readRun } from './documents.ts';
import { dispatchedRuns, hasKey, hasOtherKey } from './find-rebuild.ts';
import { listJobs } from './list-builds.ts';
import { DEFAULT_DEADLINES, type GithubOptions } from './options.ts';
import { readJobLog } from './read-job-log.ts';
import { readRunner } from './read-runner.ts';
import { rebuildStatus } from './rebuild-state.ts';
import { repositoryPath } from './repository-path.ts';
import { workflowToStart } from './resolve-workflow.ts';
import { dispatchBody, dispatchPath, type Started, startRebuild } from './start-rebuild.ts';

/** For all that one question takes. */
const LONGEST_MS = 120_000;

/** Workflow runs of a GitHub that are dispatched: a token with Actions: write. */
export function createGithubRebuilds(options: GithubOptions): Rebuilds {
  const client = createClient(options);
  const { name: target, clock } = options;
  const pollMs = options.deadlines?.poll ?? DEFAULT_DEADLINES.poll;
  const within = (parent: AbortSignal) => clock.deadline(LONGEST_MS, parent);
  return {
    name: target,
    calls: (request) => {
      const workflow =
        /^[\w.-]+\.ya?ml/i.exec(request.job ?? '')?.[0] ?? `<workflow with ${request.job ?? 'the build'}>`;
      const path = dispatchPath({ target, project: request.project, workflow });
      const body = JSON.stringify(dispatchBody(request, request.ref ?? '<default branch>'));
      return [`POST ${options.url}${decodeURIComponent(path)} ${body}`];
    },
    find: (request, parent) =>
      answerOf(async () => {
        const signal = within(parent);
        const { workflow, job } = await workflowToStart(client, { target, ...request }, signal);
        const runs = await dispatchedRuns(client, { target, workflow, ...request }, clock, signal);
        const found = runs.find((run) => hasKey(run, request.key));
        return found ? handleOf(request, found, job) : null;
      }),
    start: (request, parent) =>
      answerOf(async () => {
        const signal = within(parent);
        const { workflow, job } = await workflowToStart(client, { target, ...request }, signal);
        const place = { target, workflow, project: request.project, key: request.key };
        return handleOf(request, await startRebuild({ client, clock, place, pollMs, signal }, request), job);
      }),
    look: (handle, parent) => answerOf(() => look(client, target, handle, within(parent))),
    play: async ({ url }) => {
      const message = `GitHub lets only people approve a run that waits. Approve it there: ${url}`;
      return { kind: 'probe-failed', why: { code: 'unsupported', target, message } };
    },
    cancel: (handle, parent) => answerOf(() => cancel(client, target, handle, within(parent))),
  };
}

function handleOf({ project, key }: RebuildRequest, { id, url }: Started, job: string | null): RebuildHandle {
  return { project, key, id, url, job };
}

function runPath({ project, id }: RebuildHandle, target: string): string {
  return `${repositoryPath(project, target)}/actions/runs/${encodeURIComponent(id)}`;
}

async function runOf(
  client: GithubClient,
  target: string,
  handle: RebuildHandle,
  signal: AbortSignal,
): Promise<RunDocument> {
  return readRun(await client.get({ path: runPath(handle, target), what: `the run ${handle.id}`, signal }));
}

async function look(
  client: GithubClient,
  target: string,
  handle: RebuildHandle,
  signal: AbortSignal,
): Promise<RebuildState> {
  const { project } = handle;
  const [run, jobs] = await Promise.all([
    runOf(client, target, handle, signal),
    listJobs(client, { target, project }, handle.id, signal),
  ]);
  const { status, said, job } = rebuildStatus(run, jobs, handle.job);
  const over = isOver(status);
  if (job === null) return { status, over, said, job: null, log: null };
  const runner = await readRunner(client, job, { target, project, signal });
  const { id, name, url, status: word, startedAt, finishedAt } = job;
  const log = over && startedAt !== null ? await logOf(client, target, project, id, signal) : null;
  return { status, over, said, job: { id, name, url, status: word, startedAt, finishedAt, runner }, log };
}

/** A log that cannot be read does not make the state of the build unknown. */
async function logOf(
  client: GithubClient,
  target: string,
  project: string,
  job: string,
  signal: AbortSignal,
): Promise<BuildLog | null> {
  const log = await answerOf(() => readJobLog(client, { target, project, job }, signal));
  return log.kind === 'known' ? log.value : null;
}

async function cancel(
  client: GithubClient,
  target: string,
  handle: RebuildHandle,
  signal: AbortSignal,
): Promise<'asked' | 'over'> {
  const run = await runOf(client, target, handle, signal);
  // Without a `run-name` the key cannot be seen; then that it was dispatched has to do.
  const isForeign = run.event !== 'workflow_dispatch' || hasOtherKey(run, handle.key);
  if (isForeign)
    throw problem('conflict', target, `the run ${run.url} was not started for ${handle.key}, so it is left alone.`);
  if (run.status === 'completed') return 'over';
  try {
    await client.post(
      { path: `${runPath(handle, target)}/cancel`, what: `cancelling the run ${handle.id}`, signal },
      {},
    );
    return 'asked';
  } catch (error) {
    // It ended between the look and the call.
    if (error instanceof ProbeError && error.why.code === 'conflict') return 'over';
    throw error;
  }
}
