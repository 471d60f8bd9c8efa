import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { knownTargets } from './locate.ts';

/** For completion a name may be this old. */
const FRESH_MS = 10_000;

/**
 * The names that can be asked for, at once: what is remembered, while the hosts are asked anew behind it. A host that does not
 * answer holds no page up.
 */
export function rememberTargets(current: () => Deps, signal: AbortSignal): () => readonly string[] {
  let remembered: readonly string[] = [...current().services.keys()].sort();
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const deps = current();
    const now = deps.clock.monotonic();
    if (now - askedAt >= FRESH_MS && !signal.aborted) {
      askedAt = now;
      knownTargets(deps, signal).then(
        (names) => {
          remembered = names;
        },
        (error: unknown) =>
          deps.log.error({ error: describeError(error) }, 'the names of targets could not be gathered'),
      );
    }
    return remembered;
  };
}
