import { formatPlatform } from '../image/platform.ts';
import type { PublishedImage } from '../image/published.ts';
import type { CheckWarning, PlatformCheck } from './image-check.ts';
import { isUnstated } from './platform-evidence.ts';

/**
 * What breeds the next incident in the reference itself. `moves` tells whether others pull it by a tag, which can be
 * overwritten, and not by its digest or from a file.
 */
export function warnOfReference(
  moves: boolean,
  published: PublishedImage,
  checks: readonly PlatformCheck[],
): readonly CheckWarning[] {
  return [...singlePlatform(moves, published, checks), ...duplicates(published)];
}

/** A tag that names one manifest runs unchecked everywhere: runtimes compare platforms only within an index. */
function singlePlatform(
  moves: boolean,
  { kind, entries }: PublishedImage,
  checks: readonly PlatformCheck[],
): readonly CheckWarning[] {
  if (kind !== 'manifest' || !moves || checks.length === 0) return [];
  const platform = entries[0]?.platform;
  const is = platform && !isUnstated(platform) ? formatPlatform(platform) : 'one platform, which it does not state';
  const message = `The tag names a single image for ${is}, not an index: other hosts pull it without a warning and fail when they execute it. Push an index, also for one platform.`;
  return [{ code: 'single-platform-tag', platform: null, message }];
}

/** Windows is left out: there entries differ in the system's version. */
function duplicates({ kind, entries }: PublishedImage): readonly CheckWarning[] {
  if (kind !== 'index') return [];
  const names = entries.flatMap(({ platform }) => (platform?.os === 'linux' ? [formatPlatform(platform)] : []));
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  return twice.map((platform) => {
    const message = 'The index lists this platform more than once: runtimes take the first one.';
    return { code: 'duplicate-platform', platform, message };
  });
}
