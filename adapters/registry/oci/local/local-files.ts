import { ProbeError, type ProbeFailureCode, problem } from '../../../../src/playbook/answer.ts';

/**
 * Files that make up an image on this machine: those of a folder, or those within a tar archive. Paths are relative, with
 * `/`. Rejects with ProbeError.
 */
export interface LocalFiles {
  /** The folder or archive, for messages. */
  readonly target: string;
  /** Bytes; null when there is no such file. */
  size(path: string, signal: AbortSignal): Promise<number | null>;
  /** The whole file, of at most `cap` bytes; null when there is none. */
  read(path: string, cap: number, signal: AbortSignal): Promise<Buffer | null>;
  /** The bytes as they come. Leaving the loop early closes the file. */
  stream(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const CODES: Readonly<Record<string, readonly [ProbeFailureCode, string]>> = {
  ENOENT: ['not-found', 'there is no such file. Check the path; it is relative to the working directory'],
  ENOTDIR: ['not-found', 'there is no such file. Check the path; it is relative to the working directory'],
  EACCES: ['denied', 'this user may not read it. Change its owner or mode'],
  EPERM: ['denied', 'this user may not read it. Change its owner or mode'],
  EISDIR: ['invalid', 'it is a folder, and a file is expected. A folder is named as oci:DIR or dir:DIR'],
  ENOSPC: ['too-large', 'there is no room to decompress it. Set TMPDIR to where there is, or decompress it beforehand'],
  ABORT_ERR: ['timeout', 'the reading was given up before it ended'],
};

/** Runs work on files and turns the system's errors into a ProbeError; defects come through. */
export async function onFiles<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFailure(target, error);
  }
}

/** The ProbeError of a system's error, by its code; anything else as it is. */
export function fileFailure(target: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (error instanceof ProbeError || (typeof code !== 'string' && !isAbort(error))) return error;
  const [kind, message] = CODES[isAbort(error) ? 'ABORT_ERR' : String(code)] ?? [
    'unreachable',
    `reading it failed with ${String(code)}. Look at the disk it lies on`,
  ];
  return problem(kind, target, `${message}.`, error);
}

const isAbort = (error: unknown) =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

/** A file that is larger than any sound one of its kind. */
export function tooLarge(target: string, path: string, cap: number): ProbeError {
  return problem('too-large', target, `${path} in it is larger than ${cap} bytes, which no sound one is.`);
}
