import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '../../../../src/playbook/answer.ts';
import { fileFailure, type LocalFiles, onFiles, tooLarge } from './local-files.ts';

/** The files of a folder. Links are followed: build tools make layouts out of them. */
export function folderFiles(folder: string): LocalFiles {
  const sizeOf = async (path: string): Promise<number | null> => {
    const found = await stat(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (found === null) return null;
    if (found.isFile()) return found.size;
    throw problem('invalid', folder, `${path} in it is no regular file.`);
  };

  return {
    target: folder,
    size: (path) => onFiles(folder, () => sizeOf(path)),
    read: (path, cap, signal) =>
      onFiles(folder, async () => {
        const size = await sizeOf(path);
        if (size === null) return null;
        if (size > cap) throw tooLarge(folder, path, cap);
        await using file = await open(join(folder, path));
        return await file.readFile({ signal });
      }),
    stream: async function* (path, signal) {
      try {
        if ((await sizeOf(path)) === null) throw problem('not-found', folder, `there is no ${path} in it.`);
        for await (const chunk of createReadStream(join(folder, path), { signal })) yield chunk as Buffer;
      } catch (error) {
        throw fileFailure(folder, error);
      }
    },
    close: async () => {},
  };
}
