import { problem } from '../../../../src/playbook/answer.ts';
import { LayerFault } from '../layers/layer-fault.ts';
import { type ArchiveIndex, type ArchivePart, indexArchive } from './index-archive.ts';
import { fileFailure, type LocalFiles, onFiles, tooLarge } from './local-files.ts';
import { type OpenArchive, openArchive } from './open-archive.ts';

const CHUNK = 256 * 1024;

interface Indexed {
  readonly archive: OpenArchive;
  readonly index: ArchiveIndex;
}

/** The files within a tar archive, compressed or not. It is opened and indexed when it is first asked. */
export function archiveFiles(path: string): LocalFiles {
  let opening: Promise<Indexed> | null = null;
  const opened = (signal: AbortSignal) => {
    opening ??= inArchive(path, () => openIndexed(path, signal));
    return opening;
  };
  const find = async (name: string, signal: AbortSignal): Promise<(Indexed & { part: ArchivePart }) | null> => {
    const indexed = await opened(signal);
    const part = indexed.index.get(name);
    return part ? { ...indexed, part } : null;
  };

  return {
    target: path,
    size: async (name, signal) => (await find(name, signal))?.part.size ?? null,
    read: async (name, cap, signal) => {
      const found = await find(name, signal);
      if (found === null) return null;
      if (found.part.size > cap) throw tooLarge(path, name, cap);
      const chunks: Uint8Array[] = [];
      for await (const chunk of partOf(path, found.archive, found.part, signal)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    stream: async function* (name, signal) {
      const found = await find(name, signal);
      if (found === null)
        throw problem('not-found', path, `there is no ${name} in it. It may have been saved by half.`);
      yield* partOf(path, found.archive, found.part, signal);
    },
    close: async () => {
      const indexed = await opening?.catch(() => null);
      await indexed?.archive.close();
    },
  };
}

async function openIndexed(path: string, signal: AbortSignal): Promise<Indexed> {
  const archive = await openArchive(path, signal);
  try {
    return { archive, index: await indexArchive(archive.file, archive.size, signal) };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function* partOf(
  target: string,
  { file }: OpenArchive,
  { offset, size }: ArchivePart,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const chunk = await onFiles(target, async () => {
      signal.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset + at);
      return buffer.subarray(0, bytesRead);
    });
    if (chunk.length === 0) throw problem('invalid', target, 'it became shorter while it was read.');
    at += chunk.length;
    yield chunk;
  }
}

async function inArchive<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayerFault)) throw fileFailure(target, error);
    throw problem(
      error.code,
      target,
      `it cannot be read as an archive: ${error.message}. Save the image again.`,
      error,
    );
  }
}
