import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problem } from '../../../../src/playbook/answer.ts';
import { decompress } from '../layers/decompress.ts';
import { LayerFault } from '../layers/layer-fault.ts';

/** A tar archive that can be read at any place, and how large it is. */
export interface OpenArchive {
  readonly file: FileHandle;
  readonly size: number;
  close(): Promise<void>;
}

const COMPRESSED = /^(?:1f8b|28b52ffd|5.2a4d18|425a68|fd377a585a00)/;

/**
 * Opens an archive. A compressed one (gzip, zstd) and one that comes through a pipe is written once, at most 4 GiB of it,
 * to a temporary file that has no name while it is filled, so that nothing is left behind however this process ends.
 * Rejects with LayerFault, ProbeError and the system's errors.
 */
export async function openArchive(path: string, signal: AbortSignal): Promise<OpenArchive> {
  const file = await open(path);
  try {
    const stats = await file.stat();
    const isPipe = stats.isFIFO();
    if (!isPipe && !stats.isFile()) {
      throw problem('invalid', path, 'it is no file. A folder is named as oci:DIR or dir:DIR.');
    }
    if (isPipe) return await spool(file, signal);
    const start = Buffer.alloc(6);
    await file.read(start, 0, start.length, 0);
    if (COMPRESSED.test(start.toString('hex'))) return await spool(file, signal);
    return { file, size: stats.size, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Takes the file's bytes, decompressed, to where they can be read at any place, and closes it. */
async function spool(from: FileHandle, signal: AbortSignal): Promise<OpenArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'execfmt-archive-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  let file: FileHandle | null = null;
  try {
    file = await open(join(folder, 'tar'), 'wx+', 0o600);
    // Where a file that is open cannot be removed (Windows), it is when it is closed.
    await remove().catch(() => undefined);
    const size = await fill(file, decompress(from.createReadStream({ signal, autoClose: false })));
    await from.close();
    const opened = file;
    const close = async () => {
      await opened.close();
      await remove();
    };
    return { file, size, close };
  } catch (error) {
    await file?.close();
    await remove();
    throw error;
  }
}

async function fill(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) {
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, written, chunk.length - written, size + written);
      if (bytesWritten === 0) throw new LayerFault('too-large', 'there is no room to decompress it');
      written += bytesWritten;
    }
    size += chunk.length;
  }
  return size;
}
