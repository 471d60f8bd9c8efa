import { type Answer, failed, known } from '../playbook/answer.ts';
import type { ImpactReading } from '../playbook/evidence.ts';
import { describePlace, estateOf } from '../playbook/place.ts';
import { formatReading } from '../playbook/steps/impact-step.ts';
import type { ImageSwapper, Swap, SwapObservation } from '../ports/image-swap.ts';
import type { Deps, Service } from './deps.ts';
import { readImpact, readingsOf } from './read-impact.ts';
import { type NewErrors, readNewErrors } from './read-new-errors.ts';
import { watchStability } from './watch-stability.ts';

const LOOK_EVERY_MS = 1_000;
/** More than a program writes in the time of a verification, as a rule; the estate caps the bytes. */
const LOG_LINES = 500;
const QUOTED = 200;

/** What a verification needs of the use cases' surroundings. */
export type VerifyDeps = Pick<Deps, 'clock' | 'estates' | 'metrics' | 'verification'>;

/**
 * Verifies a swap: the new instance runs, is for the approved platform, is not unhealthy, has not been restarted for the
 * configured time, and its log has no refusal; the numbers before and after are told. One that dies again and again, or
 * for good, is not waited for. Gives a sentence for the thread. `logBefore`: lines of the instance that was replaced.
 */
export async function verify(
  deps: VerifyDeps,
  swapper: ImageSwapper,
  swap: Swap,
  service: Service | null,
  tellImpact: (impact: readonly ImpactReading[]) => Promise<void>,
  signal: AbortSignal,
  logBefore: readonly string[] = [],
): Promise<Answer<string>> {
  const { clock, verification } = deps;
  const place = describePlace(swap.where);
  const started = clock.monotonic();
  const before = readingsOf(await readImpact(deps, service, signal));
  await tellImpact(before);
  const stability = watchStability(swap.platform, verification.stableForMs);
  const readErrors = async () => readNewErrors(await readLog(deps, swap, signal), logBefore);
  while (clock.monotonic() - started < verification.timeoutMs) {
    const seen = await swapper.observe(swap, signal);
    if (seen.kind === 'probe-failed' && seen.why.code === 'not-found') return seen;
    const now = stability.see(seen.kind === 'known' ? seen.value : null, clock.monotonic());
    if (now.kind === 'stable') return settle(now.seen);
    if (now.kind === 'lost') return failed('invalid', place, `${now.why}${lastWords(await readErrors())}`);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  const how = `It did not become stable within ${verification.timeoutMs / 1_000} s: ${stability.describe()}.`;
  return failed('timeout', place, `${how}${lastWords(await readErrors())}`);

  async function settle(seen: SwapObservation): Promise<Answer<string>> {
    const { refusal, errors } = await readErrors();
    if (refusal) return failed('invalid', place, `It is said to run, but its log has: ${quote(refusal)}.`);
    const after = readingsOf(await readImpact(deps, service, signal));
    await tellImpact(after);
    const health = seen.health === null ? '' : `, ${seen.health}`;
    const stable = `It runs as ${seen.platform}, stable for ${verification.stableForMs / 1_000} s${health}`;
    return known([`${stable}, ${describeErrors(errors)}.`, ...compare(before, after)].join(' '));
  }
}

async function readLog(deps: VerifyDeps, swap: Swap, signal: AbortSignal): Promise<readonly string[]> {
  const log = await deps.estates.get(estateOf(swap.where))?.log(swap.where, LOG_LINES, signal);
  return log?.kind === 'known' ? log.value.lines : [];
}

/** For one that is given up: what its log says of the reason. */
function lastWords({ refusal, errors }: NewErrors): string {
  const line = refusal ?? errors.at(-1);
  return line === undefined ? '' : ` Its log has: ${quote(line)}.`;
}

function describeErrors(errors: readonly string[]): string {
  const [first, second] = errors;
  if (first === undefined) return 'log quiet';
  const count = second === undefined ? 'one line' : `${errors.length} lines`;
  return `but ${count} of its log speak${second === undefined ? 's' : ''} of errors, first: ${quote(first)}`;
}

function quote(line: string): string {
  const text = line.trim().replace(/[.]$/, '');
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

/** `jobs waiting is falling: 1,847 → 1,720.` */
function compare(before: readonly ImpactReading[], after: readonly ImpactReading[]): string[] {
  return before.flatMap((then) => {
    const now = after.find(({ name }) => name === then.name);
    if (!then.recovers || then.value === null) return [];
    if (now?.value == null) return [`${then.name} could not be read again: ${formatReading(then)} before.`];
    const moves = now.value < then.value ? 'falling' : now.value > then.value ? 'rising' : 'unchanged';
    const word =
      moves === now.recovers || (now.value === 0 && now.recovers === 'falling') ? moves : `not yet ${now.recovers}`;
    return [`${now.name} ${word}: ${formatReading(then)} → ${formatReading(now)}.`];
  });
}
