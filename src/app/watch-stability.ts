import type { SwapObservation } from '../ports/image-swap.ts';

/** Restarts that were seen with our own eyes: nobody recovers from the same start after so many. */
const LOOP = 3;
/** So many are waited for where each look found it just started again: the pauses grow, and in one of them its exit code is seen. */
const LONGEST_LOOP = 6;
/** Looks, a second apart, at one that has ended and is not started again by anybody. */
const DEAD_LOOKS = 3;
const ENDED = ['exited', 'dead'];

/** What the looks so far come to. */
export type Stability =
  | { readonly kind: 'not yet' }
  | { readonly kind: 'stable'; readonly seen: SwapObservation }
  /** It will not become stable by waiting; `why` is a sentence. */
  | { readonly kind: 'lost'; readonly why: string };

export interface StabilityWatch {
  /** Takes one look, null when it could not be seen, at a time in monotonic milliseconds. */
  see(seen: SwapObservation | null, now: number): Stability;
  /** How it was seen last, for a sentence. */
  describe(): string;
}

/** Since when (monotonic milliseconds) the same process has been seen in good order. */
interface Steady {
  readonly since: number;
  readonly seen: SwapObservation;
}

/** Judges an instance by repeated looks: the same process in good order for `stableForMs`, or lost. */
export function watchStability(platform: string, stableForMs: number): StabilityWatch {
  let first: SwapObservation | null = null;
  let last: SwapObservation | null = null;
  /** Of the newest end that was seen: just started again it has none of its own. */
  let exitCode: number | null = null;
  let steady: Steady | null = null;
  let deadLooks = 0;
  return {
    see(seen, now) {
      steady = seen && isGood(seen, platform) ? goOn(steady, seen, now) : null;
      if (steady && now - steady.since >= stableForMs) return { kind: 'stable', seen: steady.seen };
      if (seen === null) return { kind: 'not yet' };
      first ??= seen;
      last = seen;
      exitCode = seen.exitCode ?? exitCode;
      const restarts = seen.restartCount - first.restartCount;
      if (restarts >= (exitCode === null ? LONGEST_LOOP : LOOP))
        return lost(`It crashes again and again: ${times(restarts)} while it was looked at`, exitCode);
      deadLooks = !seen.running && ENDED.includes(seen.status) ? deadLooks + 1 : 0;
      return deadLooks >= DEAD_LOOKS ? lost('It has ended and is not started again', exitCode) : { kind: 'not yet' };
    },
    describe() {
      if (last === null) return 'it could not be seen';
      const health = last.health === null ? '' : `, ${last.health}`;
      return `status ${last.status}${health}, exit ${last.exitCode ?? 'none'}, ${last.platform}, restarted ${times(last.restartCount)}`;
    },
  };
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

function lost(what: string, exitCode: number | null): Stability {
  return { kind: 'lost', why: `${what}${exitCode === null ? '' : `, exit code ${exitCode}`}.` };
}

/** A restart in between begins anew. */
function goOn(steady: Steady | null, seen: SwapObservation, now: number): Steady {
  const same = steady?.seen.startedAt === seen.startedAt && steady.seen.restartCount === seen.restartCount;
  return { since: steady && same ? steady.since : now, seen };
}

function isGood(seen: SwapObservation, platform: string): boolean {
  return seen.running && seen.platform === platform && (seen.health === null || seen.health === 'healthy');
}
