import type { Clock } from '../../../src/ports/clock.ts';
import type { RebuildRequest } from '../../../src/ports/rebuilds.ts';
import type { GithubClient } from './client.ts';
import { type RunDocument, readRun } from './documents.ts';
import { runsPath } from './list-builds.ts';

/** The inputs that a workflow of ours is given. */
export const KEY_INPUT = 'execfmt_run';
export const RUNNER_INPUT = 'runner';

const MOST_RUNS = 100;
/** A start that was lost is looked for within two days. */
const LOOK_BACK_MS = 2 * 86_400_000;

/** Where runs are looked for. */
export interface Place extends Pick<RebuildRequest, 'project' | 'key'> {
  readonly target: string;
  readonly workflow: string;
}

/** The newest runs of a workflow that somebody dispatched, newest first. */
export async function dispatchedRuns(
  client: GithubClient,
  place: Place,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly RunDocument[]> {
  const since = new Date(clock.now().getTime() - LOOK_BACK_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const query = { event: 'workflow_dispatch', created: `>=${since}` };
  const ask = { path: runsPath(place), query, what: `the runs of ${place.workflow} in ${place.project}`, signal };
  return (await client.list(ask, 'workflow_runs', MOST_RUNS)).map(readRun);
}

/** Whether a run's title, made by the workflow's `run-name`, holds a key as a word of its own. */
export function hasKey({ title }: RunDocument, key: string): boolean {
  const at = title.indexOf(key);
  return at >= 0 && !/[\w-]/.test(title.charAt(at - 1)) && !/[\w-]/.test(title.charAt(at + key.length));
}

/** Keys begin with the id of our own run, `r-7k2m9x`: a title with another one is that of another rebuild. */
export function hasOtherKey(run: RunDocument, key: string): boolean {
  return !hasKey(run, key) && /(?<![\w-])r-[a-z0-9]{4,}/.test(run.title);
}
