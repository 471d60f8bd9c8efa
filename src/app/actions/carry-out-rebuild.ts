import type { RebuildPlan } from '../../approval/plan.ts';
import { known } from '../../playbook/answer.ts';
import type { RebuildHandle, Rebuilds } from '../../ports/rebuilds.ts';
import { StoreError } from '../../ports/store-error.ts';
import { describeError } from '../describe-error.ts';
import type { ActionJob } from './action-job.ts';
import { findPublished } from './find-published.ts';
import { followBuild } from './follow-build.ts';
import { provePublished } from './prove-published.ts';
import { rebuildRequest } from './rebuild-request.ts';

/** A build that was started, and when: journalled, so that the time that it may take does not begin anew. */
export interface StartedBuild {
  readonly handle: RebuildHandle;
  /** ISO 8601. */
  readonly startedAt: string;
}

/**
 * Starts a build on its CI server, follows it to its end, finds what it has published and proves that where it is needed.
 * Nothing is deployed: what is proved is offered, to be approved on its own.
 */
export async function carryOutRebuild(job: ActionJob<RebuildPlan>): Promise<void> {
  const { deps, context, plan } = job;
  const rebuilds = deps.rebuilds.get(plan.build.ci);
  if (!rebuilds)
    return job.finish('refused', `Nothing may be started on ${plan.build.ci} from here any more; nothing was done.`);
  try {
    await buildAndProve(job, rebuilds);
  } catch (error) {
    if (context.signal.aborted || error instanceof StoreError) throw error;
    deps.log.error({ run: plan.run, plan: plan.id, error: describeError(error) }, 'a rebuild broke down');
    await job.finish(
      'failed',
      'execfmt itself broke down in the middle; its log says why. Look at the pipeline there.',
    );
  }
}

async function buildAndProve(job: ActionJob<RebuildPlan>, rebuilds: Rebuilds): Promise<void> {
  const { plan, deps, context } = job;
  const { job: name, ci, runner } = plan.build;
  const on = runner === null ? ci : `${ci}, runner ${runner}`;
  // Started again after a crash, the CI server is asked for the build with our key first.
  const started = await job.tellPhase(
    'start',
    `starting ${name ?? 'the build'} on ${on}`,
    async () => {
      const startedAt = deps.clock.now().toISOString();
      const handle = await rebuilds.start(rebuildRequest(plan), context.signal);
      return handle.kind === 'known' ? known({ handle: handle.value, startedAt }) : handle;
    },
    ({ handle }) => handle.url,
  );
  if (started.kind === 'probe-failed') return job.finish('failed', `It could not be started: ${started.why.message}`);
  const built = await job.tellPhase(
    'build',
    'following the build',
    () => followBuild(job, rebuilds, started.value),
    ({ said }) => said,
  );
  if (built.kind === 'probe-failed') return endUnbuilt(job, built.why.message);
  const proofs = await job.tellPhase(
    'prove',
    'proving what it published',
    async () => {
      const published = await findPublished(job, built.value);
      return published.kind === 'known' ? provePublished(job, published.value, built.value) : published;
    },
    ({ summary }) => summary,
  );
  if (proofs.kind === 'probe-failed') return job.finish('failed', proofs.why.message);
  for (const [at, remedy] of proofs.value.remedies.entries())
    await job.record(`found:${at}`, { type: 'remedy-found', plan: plan.id, remedy });
  return job.finish('succeeded', proofs.value.summary);
}

/** A build that people stopped from here has not failed: it was refused. */
async function endUnbuilt(job: ActionJob<RebuildPlan>, why: string): Promise<void> {
  const state = await job.recorder.state(job.plan.run);
  const by = state?.actions.find(({ plan }) => plan.id === job.plan.id)?.cancelAskedBy;
  return job.finish(by ? 'refused' : 'failed', by ? `${by.name} had it cancelled. ${why}` : why);
}
