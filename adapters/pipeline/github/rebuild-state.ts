import { isJob } from '../../../src/playbook/find-build.ts';
import type { BuildStatus } from '../../../src/run/build-glimpse.ts';
import type { JobDocument, RunDocument } from './documents.ts';

/** GitHub's words for how far a run or job is, and for what became of it. */
const STATUS: Readonly<Record<string, BuildStatus>> = {
  queued: 'waiting-for-runner',
  requested: 'waiting-for-runner',
  pending: 'waiting-for-runner',
  waiting: 'waiting-for-hand',
  action_required: 'waiting-for-hand',
  in_progress: 'running',
  success: 'succeeded',
  neutral: 'succeeded',
  failure: 'failed',
  timed_out: 'failed',
  startup_failure: 'failed',
  stale: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

/** Of a word that GitHub may add one day nothing is known but that it is not over. */
export function statusOf(word: string): BuildStatus {
  return (Object.hasOwn(STATUS, word) ? STATUS[word] : undefined) ?? 'running';
}

/** How the building job fares, or the whole run where none or several are meant. */
export function rebuildStatus(
  run: RunDocument,
  jobs: readonly JobDocument[],
  wanted: string | null,
): { readonly status: BuildStatus; readonly said: string; readonly job: JobDocument | null } {
  const building = wanted === null ? jobs : jobs.filter(({ name }) => isJob(name, wanted));
  const only = building.length === 1 ? (building[0] ?? null) : null;
  const word = run.conclusion || run.status;
  if (wanted !== null && only !== null)
    return { status: statusOf(only.status), said: `the job ${only.name}: ${only.status}`, job: only };
  const missing = wanted !== null && building.length === 0 ? `, and has no job ${wanted}` : '';
  const status = missing !== '' && statusOf(word) === 'succeeded' ? 'skipped' : statusOf(word);
  return { status, said: `the run: ${word}${missing}`, job: only };
}
