import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Log } from '../../../../src/ports/log.ts';
import { createEviction } from './cache-eviction.ts';

/** What is known of blobs by their digests, kept between runs. Never a reason to fail: what it cannot do it leaves. */
export interface DiskCache {
  /** `part` says what of the blob it is: lower-case letters, digits and hyphens. Null when it is not there or damaged. */
  get(digest: string, part: string): Promise<Buffer | null>;
  set(digest: string, part: string, content: Uint8Array): Promise<void>;
}

/** Keeps nothing. */
export const noCache: DiskCache = { get: async () => null, set: async () => undefined };

export interface DiskCacheOptions {
  readonly folder: string;
  /** Bytes of all files together, about; what was not used for longest goes first. */
  readonly bound: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Changes with what the files mean; files of other versions are never read. */
const VERSION = 'layers-v1';
const DIGEST = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;
const PART = /^[a-z0-9-]{1,64}$/;
const SUM_BYTES = 32;
const LARGEST_FILE = 128 * 1024 ** 2;

/**
 * Keeps each content in a file of its own, behind its SHA-256 sum. Files are written beside and renamed, so several
 * processes may use the folder; times of use are the files' modification times. A folder that others may write to is
 * not used: what lies there counts as verified.
 */
export function createDiskCache({ folder, bound, clock, log }: DiskCacheOptions): DiskCache {
  const home = join(folder, VERSION);
  const eviction = createEviction(home, bound);
  let usable: Promise<boolean> | null = null;
  const giveUp = (why: unknown): false => {
    log.warn({ folder, error: why instanceof Error ? why.message : String(why) }, 'layers are not kept on disk');
    return false;
  };
  const prepare = () => {
    usable ??= prepareFolder(home).then((refusal) => refusal === null || giveUp(refusal), giveUp);
    return usable;
  };
  const pathOf = (digest: string, part: string): string | null =>
    DIGEST.test(digest) && PART.test(part) ? join(home, `${digest.replace(':', '-')}.${part}`) : null;

  return {
    get: async (digest, part) => {
      const path = pathOf(digest, part);
      if (path === null || !(await prepare())) return null;
      const content = await readChecked(path, `${digest} ${part}`).catch(() => null);
      if (content === null) return null;
      const now = clock.now();
      await utimes(path, now, now).catch(() => undefined);
      return content;
    },
    set: async (digest, part, content) => {
      const path = pathOf(digest, part);
      if (path === null || content.length > Math.min(LARGEST_FILE, bound) || !(await prepare())) return;
      try {
        await writeBeside(path, `${digest} ${part}`, content);
        await eviction.wrote(content.length, clock.now());
      } catch (error) {
        usable = Promise.resolve(giveUp(error));
      }
    },
  };
}

/** Makes the folder for us alone; gives back why it cannot be trusted, or null. */
async function prepareFolder(home: string): Promise<string | null> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const found = await lstat(home);
  if (!found.isDirectory()) return 'it is no directory';
  if (process.getuid === undefined) return null;
  if (found.uid !== process.getuid()) return 'it belongs to someone else';
  return found.mode & 0o022 ? 'others may write to it' : null;
}

/** The name goes into the sum too: a file under another name is damaged. */
const sumOf = (name: string, content: Uint8Array) => createHash('sha256').update(`${name}\n`).update(content).digest();

async function readChecked(path: string, name: string): Promise<Buffer | null> {
  await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  const { size } = await file.stat();
  if (size >= SUM_BYTES && size <= SUM_BYTES + LARGEST_FILE) {
    const bytes = await file.readFile();
    const content = bytes.subarray(SUM_BYTES);
    if (sumOf(name, content).equals(bytes.subarray(0, SUM_BYTES))) return content;
  }
  await rm(path, { force: true });
  return null;
}

async function writeBeside(path: string, name: string, content: Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}-${randomUUID()}.tmp`;
  try {
    await writeFile(beside, Buffer.concat([sumOf(name, content), content]), { mode: 0o600, flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
