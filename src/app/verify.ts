import { errnoFromText } from '../kernel/errno-from-text.ts';
import { type Answer, failed, known } from '../playbook/answer.ts';
import type { ImpactReading } from '../playbook/evidence.ts';
import { describePlace, estateOf } from '../playbook/place.ts';
import { formatReading } from '../playbook/steps/impact-step.ts';
import type { ImageSwapper, Swap, SwapObservation } from '../ports/image-swap.ts';
import type { Deps, Service } from './deps.ts';
import { readImpact, readingsOf } from './read-impact.ts';

const LOOK_EVERY_MS = 1_000;
const LOG_LINES = 20;

/**
 * Verifies a swap: the new instance runs, is for the approved platform, is not unhealthy, has not been restarted for the
 * configured time, and its log has no refusal; the numbers before and after are told. Gives a sentence for the thread.
 */
export async function verify(
  deps: Deps,
  swapper: ImageSwapper,
  swap: Swap,
  service: Service | null,
  tellImpact: (impact: readonly ImpactReading[]) => Promise<void>,
  signal: AbortSignal,
): Promise<Answer<string>> {
  const { clock, verification } = deps;
  const started = clock.monotonic();
  const before = readingsOf(await readImpact(deps, service, signal));
  await tellImpact(before);
  let steady: Steady | null = null;
  let last: SwapObservation | null = null;
  while (clock.monotonic() - started < verification.timeoutMs) {
    const seen = await swapper.observe(swap, signal);
    if (seen.kind === 'probe-failed' && seen.why.code === 'not-found') return seen;
    last = seen.kind === 'known' ? seen.value : last;
    steady = seen.kind === 'known' && isGood(seen.value, swap) ? goOn(steady, seen.value, clock.monotonic()) : null;
    if (steady && clock.monotonic() - steady.since >= verification.stableForMs) return settle(steady.seen);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  const how = last
    ? `status ${last.status}, exit ${last.exitCode ?? 'none'}, ${last.platform}, restarted ${last.restartCount} times`
    : 'it could not be seen';
  return failed(
    'timeout',
    describePlace(swap.where),
    `It did not become stable within ${verification.timeoutMs / 1_000} s: ${how}.`,
  );

  async function settle(seen: SwapObservation): Promise<Answer<string>> {
    const estate = deps.estates.get(estateOf(swap.where));
    const log = await estate?.log(swap.where, LOG_LINES, signal);
    const refusal = log?.kind === 'known' ? log.value.lines.find((line) => errnoFromText(line)) : undefined;
    if (refusal) return failed('invalid', describePlace(swap.where), `It is said to run, but its log has: ${refusal}.`);
    const after = readingsOf(await readImpact(deps, service, signal));
    await tellImpact(after);
    const stable = `It runs as ${seen.platform}, stable for ${verification.stableForMs / 1_000} s, log quiet.`;
    return known([stable, ...compare(before, after)].join(' '));
  }
}

/** Since when (monotonic milliseconds) the same process has been seen in good order. */
interface Steady {
  readonly since: number;
  readonly seen: SwapObservation;
}

/** A restart in between begins anew. */
function goOn(steady: Steady | null, seen: SwapObservation, now: number): Steady {
  const same = steady?.seen.startedAt === seen.startedAt && steady.seen.restartCount === seen.restartCount;
  return { since: steady && same ? steady.since : now, seen };
}

function isGood(seen: SwapObservation, swap: Swap): boolean {
  return seen.running && seen.platform === swap.platform && (seen.health === null || seen.health === 'healthy');
}

/** `jobs waiting is falling: 1,847 → 1,720.` */
function compare(before: readonly ImpactReading[], after: readonly ImpactReading[]): string[] {
  return after.flatMap((now) => {
    const then = before.find(({ name }) => name === now.name);
    if (!now.recovers || now.value === null || then?.value == null) return [];
    const moves = now.value < then.value ? 'falling' : now.value > then.value ? 'rising' : 'unchanged';
    const word =
      moves === now.recovers || (now.value === 0 && now.recovers === 'falling') ? moves : `not yet ${now.recovers}`;
    return [`${now.name} ${word}: ${formatReading(then)} → ${formatReading(now)}.`];
  });
}
