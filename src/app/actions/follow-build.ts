import type { RebuildPlan } from '../../approval/plan.ts';
import { type Answer, failed, known } from '../../playbook/answer.ts';
import type { RebuildHandle, RebuildState, Rebuilds } from '../../ports/rebuilds.ts';
import type { BuildGlimpse } from '../../run/build-glimpse.ts';
import type { ActionJob } from './action-job.ts';
import type { StartedBuild } from './carry-out-rebuild.ts';

/** A CI server that is silent for longer, or does not end what was cancelled, is waited for no more. Milliseconds. */
const SILENT_MS = 10 * 60_000;

/**
 * Follows a build to its end and tells each change of it: the job, its runner and that runner's architecture. One that never
 * starts, or takes too long, is cancelled; so is one that somebody in the thread wants cancelled. Known: it has succeeded.
 */
export async function followBuild(
  job: ActionJob<RebuildPlan>,
  rebuilds: Rebuilds,
  { handle, startedAt }: StartedBuild,
): Promise<Answer<RebuildState>> {
  const { deps, context } = job;
  const { builds, clock } = deps;
  const begun = Date.parse(startedAt);
  // From here on by the clock that never goes back: one that is set anew must not end a build.
  const ahead = clock.now().getTime() - clock.monotonic();
  const time = () => ahead + clock.monotonic();
  let seenAt = time();
  let cancelled: Cancelled | null = null;
  let played = false;
  for (;;) {
    const looked = await rebuilds.look(handle, context.signal);
    context.signal.throwIfAborted();
    const now = time();
    if (looked.kind === 'probe-failed') {
      if (looked.why.code === 'not-found')
        return failed('not-found', looked.why.target, `The build is not there any more; was it deleted? ${handle.url}`);
      if (looked.why.code === 'denied' || now - seenAt > SILENT_MS) return looked;
    } else {
      seenAt = now;
      const { status, over, said } = looked.value;
      await tell(job, handle, startedAt, looked.value);
      if (status === 'succeeded') return looked;
      if (over)
        return failed(
          'invalid',
          rebuilds.name,
          `${cancelled?.why ?? ENDED[status] ?? `It ended as ${said}.`} ${handle.url}`,
        );
      if (status === 'waiting-for-hand' && !played) {
        played = true;
        await play(job, rebuilds, handle);
      }
      cancelled ??= await whyCancel(job, status, now - begun, now);
      if (cancelled && now - cancelled.at > SILENT_MS)
        return failed('timeout', rebuilds.name, `${cancelled.why} It did not end there: look at ${handle.url}`);
      if (cancelled) await rebuilds.cancel(handle, context.signal);
    }
    await clock.sleep(builds.lookEveryMs, context.signal);
  }
}

/** That a build shall not go on, why, and since when (milliseconds since 1970). */
interface Cancelled {
  readonly why: string;
  readonly at: number;
}

const ENDED: Partial<Record<RebuildState['status'], string>> = {
  failed: 'The build failed: its log says why.',
  cancelled: 'The build was cancelled there.',
  skipped: 'The build was skipped: the rules of the pipeline left its job out.',
};

/** Why a build that goes on shall not go on; null when it may. */
async function whyCancel(
  { deps: { builds }, recorder, plan }: ActionJob<RebuildPlan>,
  status: RebuildState['status'],
  elapsedMs: number,
  at: number,
): Promise<Cancelled | null> {
  const action = (await recorder.state(plan.run))?.actions.find((one) => one.plan.id === plan.id);
  if (action?.cancelAskedBy) return { why: 'The build was cancelled from here.', at };
  const minutes = (ms: number) => `${Math.round(ms / 60_000)} minutes`;
  if (status === 'waiting-for-runner' && elapsedMs > builds.waitForRunnerMs) {
    const tag = plan.build.runner === null ? '' : ` tagged ${plan.build.runner}`;
    const why = `No runner${tag} took it within ${minutes(builds.waitForRunnerMs)}, so it was cancelled: is one online?`;
    return { why, at };
  }
  if (elapsedMs <= builds.timeoutMs) return null;
  return { why: `It was not over within ${minutes(builds.timeoutMs)}, so it was cancelled.`, at };
}

/** Approved was the build, so the step that waits for a hand is played; where that takes a person, the thread says so. */
async function play(job: ActionJob<RebuildPlan>, rebuilds: Rebuilds, handle: RebuildHandle): Promise<void> {
  await job.tellPhase('play', 'pressing play for the job that waits for a hand', async () => {
    const answer = await rebuilds.play(handle, job.context.signal);
    return answer.kind === 'known' ? known('It was played.') : answer;
  });
}

/** Written once for each thing that is new. */
async function tell(job: ActionJob<RebuildPlan>, handle: RebuildHandle, startedAt: string, state: RebuildState) {
  const build = glimpseOf(handle, startedAt, state);
  const { status, job: name, runner, architecture } = build;
  const key = [status, name, runner, architecture].join('|');
  await job.record(`build:${key}`, { type: 'build-seen', plan: job.plan.id, build });
}

function glimpseOf({ url }: RebuildHandle, startedAt: string, { status, said, job }: RebuildState): BuildGlimpse {
  const runner = job?.runner ?? null;
  return {
    status,
    said,
    url: job?.url ?? url,
    job: job?.name ?? null,
    runner: runner?.name ?? null,
    architecture: runner?.architecture ?? null,
    unknownBecause: runner?.unknownBecause ?? null,
    startedAt,
  };
}
