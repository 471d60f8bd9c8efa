import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import type { SyncFileTree, TreeEntry } from '../../src/kernel/file-tree.ts';

/** The most that one read gives, whatever is asked for: 1 MiB, the most the kernel model ever asks. */
const MAX_READ = 1024 * 1024;

/** For small reads, whose bytes are copied out: memory for each of them would be freed late. */
const scratch = Buffer.alloc(4096);

/** A path that cannot exist there; everything else is an error worth seeing. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

function kindOf(stats: Stats): TreeEntry['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ABSENT.has(String(error.code));
}

/** A directory as the root of a file tree. Links are never followed and special files never opened. */
export function directoryTree(root: string): SyncFileTree {
  const base = root.replace(/\/+$/, '');
  const physical = (path: string) => `${base}${path}`;
  return {
    lstat(path) {
      try {
        // Without the exception, which costs more than the look itself.
        const stats = lstatSync(physical(path), { throwIfNoEntry: false });
        if (!stats) return null;
        const { uid, gid, size } = stats;
        const entry = { kind: kindOf(stats), mode: stats.mode & 0o7777, uid, gid, size };
        return entry.kind === 'symlink' ? { ...entry, target: readlinkSync(physical(path)) } : entry;
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    read(path, offset, length) {
      // Non-blocking, because the file may have become a FIFO since it was looked at.
      const fd = openSync(physical(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        if (!fstatSync(fd).isFile()) throw new Error(`${physical(path)} is no regular file, so it cannot be read.`);
        const buffer = length <= scratch.length ? scratch : Buffer.allocUnsafe(Math.min(length, MAX_READ));
        const got = readSync(fd, buffer, 0, Math.min(length, buffer.length), offset);
        return new Uint8Array(buffer.subarray(0, got));
      } finally {
        closeSync(fd);
      }
    },
  };
}
