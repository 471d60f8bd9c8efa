import { isJob } from '../../../src/playbook/find-build.ts';
import { type BuildStatus, isOver } from '../../../src/run/build-glimpse.ts';
import type { JobDocument, PipelineDocument } from './documents.ts';

/** GitLab's words for the state of a pipeline or job (`Ci::HasStatus`). */
const STATUS: Readonly<Record<string, BuildStatus>> = {
  created: 'waiting-for-runner',
  waiting_for_resource: 'waiting-for-runner',
  preparing: 'waiting-for-runner',
  waiting_for_callback: 'waiting-for-runner',
  pending: 'waiting-for-runner',
  scheduled: 'waiting-for-runner',
  manual: 'waiting-for-hand',
  running: 'running',
  canceling: 'running',
  success: 'succeeded',
  failed: 'failed',
  canceled: 'cancelled',
  skipped: 'skipped',
};

/** Of a word that GitLab may add one day nothing is known but that it is not over. */
export function statusOf(word: string): BuildStatus {
  return (Object.hasOwn(STATUS, word) ? STATUS[word] : undefined) ?? 'running';
}

/** How the building job fares, or the whole pipeline where none is named. A job that is not there in the end was left out. */
export function rebuildStatus(
  pipeline: PipelineDocument,
  jobs: readonly JobDocument[],
  wanted: string | null,
): { readonly status: BuildStatus; readonly said: string; readonly job: JobDocument | null } {
  const building = wanted === null ? jobs : jobs.filter(({ name }) => isJob(name, wanted));
  const only = building.length === 1 ? (building[0] ?? null) : null;
  const whole = statusOf(pipeline.status);
  if (wanted === null) return { status: whole, said: `the pipeline is ${pipeline.status}`, job: only };
  const [first] = building;
  if (first === undefined) {
    const none = `the pipeline is ${pipeline.status} and has no job ${wanted}`;
    return { status: isOver(whole) ? 'skipped' : whole, said: none, job: null };
  }
  if (only !== null)
    return { status: statusOf(only.status), said: `the job ${only.name} is ${only.status}`, job: only };
  const states = building.map(({ status }) => statusOf(status));
  const said = building.map(({ name, status }) => `${name} is ${status}`).join(', ');
  return { status: together(states), said, job: null };
}

/** Of several jobs that build together: over when all are, and as good as the worst. */
function together(states: readonly BuildStatus[]): BuildStatus {
  const order: readonly BuildStatus[] = [
    'waiting-for-hand',
    'running',
    'waiting-for-runner',
    'failed',
    'cancelled',
    'skipped',
  ];
  return order.find((status) => states.includes(status)) ?? 'succeeded';
}
