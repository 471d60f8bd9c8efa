import type { FileTree, TreeEntry } from '../../../src/kernel/file-tree.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { Engine } from './engine.ts';
import { type ArchivedFile, findLink, readArchive } from './read-archive.ts';
import { readContainer } from './read-container.ts';

/** A look at a path fetches this much of a file too: headers, scripts and small tables need no second question. */
const FIRST_BYTES = 64 * 1024;
const GROWTH = 1024 * 1024;
/** Bytes of one file from its beginning; the archive call cannot begin in the middle. */
const FILE_CAP = 1024 * 1024 * 1024;
const KEPT_CAP = 64 * 1024 * 1024;
const QUESTIONS_CAP = 5_000;

interface Kept {
  readonly found: ArchivedFile | null;
  /** How much was asked for. */
  readonly asked: number;
}

/**
 * A container's file system with its volumes, as the engine shows it, running or not. Answers are kept for the life of the
 * tree. Rejects with ProbeError, also when more was asked than one diagnosis can need.
 */
export function createContainerTree(engine: Engine, container: string, signal: AbortSignal): FileTree {
  const kept = new Map<string, Promise<Kept>>();
  let id: Promise<string> | null = null;
  let questions = 0;
  let keptBytes = 0;

  const refuse = (message: string) => estateFailure(engine.target, 'too-large', message);

  const fetch = async (path: string, length: number): Promise<ArchivedFile | null> => {
    questions += 1;
    if (questions > QUESTIONS_CAP) throw refuse(`more than ${QUESTIONS_CAP} files were looked at in ${container}`);
    id ??= readContainer(engine, container, signal).then((document) => document.Id);
    try {
      return await readArchive(engine, await id, path, length, signal);
    } catch (error) {
      return refusedLook(error, path, await id);
    }
  };

  /** The engine fails (500) for a link that leads to itself, and for a path below a file, where nothing can stand. */
  const refusedLook = async (error: unknown, path: string, inside: string): Promise<ArchivedFile | null> => {
    if (!(error instanceof ProbeError) || error.why.code !== 'invalid' || path === '/') throw error;
    const above = path.slice(0, path.lastIndexOf('/')) || '/';
    const parent = await (kept.get(above) ?? keep(above, FIRST_BYTES));
    if (parent.found?.entry.kind !== 'directory') return null;
    const entry = await findLink(engine, inside, path, signal);
    if (entry === null) throw error;
    return { entry, content: new Uint8Array() };
  };

  const keep = (path: string, asked: number): Promise<Kept> => {
    const answer = fetch(path, asked).then((found) => {
      keptBytes += found?.content.length ?? 0;
      return { found, asked };
    });
    kept.set(path, answer);
    // What failed is asked again the next time.
    answer.catch(() => kept.get(path) === answer && kept.delete(path));
    return answer;
  };

  const contentTo = async (path: string, end: number): Promise<Uint8Array> => {
    const known = await (kept.get(path) ?? keep(path, FIRST_BYTES));
    if (known.found === null || known.found.entry.kind !== 'file') return new Uint8Array();
    if (end <= known.asked || known.found.content.length < known.asked) return known.found.content;
    if (end > FILE_CAP) throw refuse(`${path} is read beyond ${FILE_CAP >> 20} MiB`);
    // Beyond what is kept the bytes are fetched each time.
    if (keptBytes + end > KEPT_CAP) return (await fetch(path, end))?.content ?? new Uint8Array();
    return (await keep(path, Math.ceil(end / GROWTH) * GROWTH)).found?.content ?? new Uint8Array();
  };

  return {
    lstat: async (path): Promise<TreeEntry | null> =>
      (await (kept.get(path) ?? keep(path, FIRST_BYTES))).found?.entry ?? null,
    read: async (path, offset, length) => (await contentTo(path, offset + length)).subarray(offset, offset + length),
  };
}
