import type { HistoryStep } from './history.ts';

/**
 * Where the image's history says that each of its layers put files, lowest first: an absolute path, or null. It is what
 * the builder cared to write down, so it tells what to fetch early, and proves nothing.
 */
export function copyTargets(history: readonly HistoryStep[]): readonly (string | null)[] {
  return history
    .filter(({ empty }) => !empty)
    .map(({ destination }) => (destination?.startsWith('/') ? destination : null));
}

/** The number of the highest layer that is said to concern a path, or null. */
export function hintedLayer(path: string, targets: readonly (string | null)[]): number | null {
  const at = targets.findLastIndex((target) => target !== null && concerns(target, path));
  return at < 0 ? null : at;
}

/** Whether the target is the path, above it (but not just the root), or below it. */
function concerns(target: string, path: string): boolean {
  const folder = target.endsWith('/') ? target : `${target}/`;
  const wanted = `${path}/`;
  return (folder !== '/' && wanted.startsWith(folder)) || (path !== '/' && folder.startsWith(wanted));
}
