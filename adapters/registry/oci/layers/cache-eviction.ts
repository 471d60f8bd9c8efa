import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps the files of a folder within a bound. */
export interface Eviction {
  /** Tells that so many bytes were written. Removes what is too much, when it is time to look. Rejects as the file system does. */
  wrote(bytes: number, now: Date): Promise<void>;
}

/** Removed beyond the bound, so that the next look finds nothing to do. */
const AFTER_EVICTION = 0.9;
/** A process that was killed leaves its half-written file. Milliseconds. */
const ABANDONED = 3_600_000;
/** To look at thousands of small files takes longer than to write one: so long after anybody looked, or once this share of the bound is new. */
const LOOK_EVERY_MS = 600_000;
const LOOK_AFTER_SHARE = 1 / 16;
export const LOOKED = 'looked';

/**
 * Evicts from a folder that only we may write to. When somebody looked last is the time of a file in it: beside it, others might
 * have laid a link that our writing would follow.
 */
export function createEviction(home: string, bound: number): Eviction {
  const mark = join(home, LOOKED);
  let unseen = 0;
  let lookedAt: number | null = null;
  const isDue = async (now: number) => {
    if (unseen > bound * LOOK_AFTER_SHARE) return true;
    lookedAt ??= await stat(mark).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
    // A time that is still to come says nothing: the clock was set back.
    return lookedAt === null || lookedAt > now || now - lookedAt > LOOK_EVERY_MS;
  };
  return {
    async wrote(bytes, at) {
      const now = at.getTime();
      unseen += bytes;
      if (!(await isDue(now))) return;
      unseen = 0;
      // First: others that write now need not look too.
      await writeFile(mark, '', { mode: 0o600 }).catch(() => undefined);
      lookedAt = now;
      await evict(home, bound, now);
    },
  };
}

/** Removes what was not used for longest until the rest fits; also what a killed process left half-written. */
async function evict(home: string, bound: number, now: number): Promise<void> {
  const files: { path: string; size: number; used: number }[] = [];
  for (const name of await readdir(home)) {
    const path = join(home, name);
    // Another process may have removed it meanwhile.
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    if (!name.endsWith('.tmp')) files.push({ path, size: found.size, used: found.mtimeMs });
    else if (now - found.mtimeMs > ABANDONED) await rm(path, { force: true });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= bound) return;
  for (const { path, size } of files.toSorted((a, b) => a.used - b.used)) {
    if (total <= bound * AFTER_EVICTION) return;
    await rm(path, { force: true });
    total -= size;
  }
}
