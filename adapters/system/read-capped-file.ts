import { open } from 'node:fs/promises';
import type { Answer } from '../../src/playbook/answer.ts';
import { failed, known } from '../../src/playbook/answer.ts';

/** Reads a small text file of at most `limit` bytes. `what` names it in the answer: `the configuration`. */
export async function readCappedFile(path: string, limit: number, what: string): Promise<Answer<string>> {
  try {
    const file = await open(path, 'r');
    try {
      if (!(await file.stat()).isFile())
        return failed('invalid', path, `${capital(what)} must be a file; this is none.`);
      const buffer = Buffer.alloc(limit + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length > limit) break;
      }
      if (length > limit) return failed('too-large', path, `${capital(what)} is larger than ${limit} bytes.`);
      return known(buffer.toString('utf8', 0, length));
    } finally {
      await file.close();
    }
  } catch (error) {
    return refusal(error, path, what);
  }
}

function refusal(error: unknown, path: string, what: string): Answer<never> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return failed('not-found', path, `There is no such file. ${capital(what)} was looked for here; check the path.`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return failed('denied', path, `This user may not read ${what}; change its owner or mode.`);
  }
  if (typeof code === 'string') return failed('unreachable', path, `Reading ${what} failed with ${code}.`);
  throw error;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
