import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { lookUpIn } from '../../../../src/image/layered-tree.ts';
import type { SyncFileTree } from '../../../../src/kernel/file-tree.ts';
import { LayerFault } from '../layers/layer-fault.ts';
import { indexRootfs, type ReadBytes, type RootfsIndex } from './index-rootfs.ts';

/** A root file system in a tar archive, as the tree that unpacking it would leave behind. */
export interface RootfsTree extends SyncFileTree {
  close(): void;
}

/** The most that one read gives, whatever is asked for. */
const MAX_READ = 1024 * 1024;
/** Compressed archives are held in memory: at most this much when unpacked, and this much of the file itself. */
const MOST_UNPACKED = 1024 ** 3;
/** Archives up to this size are read at once: a hundred small reads take longer. */
const SMALL = 256 * 1024;

/** Opens a tar archive, plain or gzip. Throws with a sentence when it is none. Keeps a large plain one open until `close`. */
export function openRootfs(file: string): RootfsTree {
  const fd = openSync(file, 'r');
  try {
    const { read, isOpen } = readerOf(fd);
    const index = indexRootfs(read);
    if (!isOpen) closeSync(fd);
    return { ...treeOf(index, read), close: () => isOpen && closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    if (error instanceof LayerFault) throw new Error(`${file} cannot be read: ${error.message}.`, { cause: error });
    throw error;
  }
}

function readerOf(fd: number): { read: ReadBytes; isOpen: boolean } {
  const { size } = fstatSync(fd);
  const fromFile: ReadBytes = (offset, length) => {
    const buffer = Buffer.alloc(Math.min(length, MAX_READ));
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, offset));
  };
  const head = fromFile(0, 2);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (!isGzip && size > SMALL) return { read: fromFile, isOpen: true };
  if (size > MOST_UNPACKED)
    throw new LayerFault('too-large', 'it is compressed and larger than 1 GiB: unpack it first');
  const bytes = isGzip ? unpacked(wholeOf(fd, size)) : wholeOf(fd, size);
  return { read: (offset, length) => bytes.subarray(offset, offset + Math.min(length, MAX_READ)), isOpen: false };
}

function wholeOf(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  for (let got = -1; got !== 0 && filled < size; filled += got)
    got = readSync(fd, bytes, filled, size - filled, filled);
  return bytes.subarray(0, filled);
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new LayerFault('too-large', 'it unpacks to more than 1 GiB: unpack it first', { cause: error });
    }
    throw new LayerFault('invalid', 'its gzip stream is damaged', { cause: error });
  }
}

function treeOf(index: RootfsIndex, read: ReadBytes): SyncFileTree {
  const layers = [index.tree];
  return {
    lstat: (path) => lookUpIn(path, layers)?.entry ?? null,
    read: (path, offset, length) => {
      const found = lookUpIn(path, layers);
      const stored = found?.bytes && index.stored.get(found.bytes.ordinal);
      if (!stored) throw new Error(`${path} is no regular file, so it cannot be read.`);
      if (stored.stored !== found.entry.size) {
        throw new Error(`${path} is stored with holes (a sparse file), which is not supported here.`);
      }
      const left = Math.max(stored.stored - offset, 0);
      return read(stored.offset + offset, Math.min(length, left));
    },
  };
}
