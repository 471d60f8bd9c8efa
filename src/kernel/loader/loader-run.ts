import type { ElfLayout } from '../elf.ts';
import type { Image } from '../elf-image.ts';
import type { ExecContext, OpenedFile } from '../ending.ts';
import { readAt, type TreeProgram } from '../file-tree.ts';
import type { Extent } from './table-extents.ts';

/** The program that a dynamic loader is given, and that loader. `page` is the host's, in bytes. */
export interface LoaderStart {
  readonly program: OpenedFile;
  readonly image: Image;
  readonly loader: { readonly file: OpenedFile; readonly image: Image };
  readonly layout: ElfLayout;
  readonly page: bigint;
  /** The n of x86-64-vn; null when the processor is not known. */
  readonly cpuLevel: number | null;
}

/** One prediction: what it was given, what it has read, and whether anything made its answer uncertain. */
export interface LoaderRun extends LoaderStart {
  readonly context: ExecContext;
  /** By physical path and number. */
  readonly chunks: Map<string, Map<number, Uint8Array>>;
  /** Where a file’s tables lie, by physical path; what was read of them. */
  readonly stretches: Map<string, Stretch[]>;
  /** Bytes that may still be read. */
  budget: number;
  /** What may still be done: looks into what was read, and files opened, at OPEN_COST each. */
  steps: number;
  /** Once set, no fault is certain any more: something is beyond the model, or beyond its caps. */
  doubt: boolean;
}

/** A part of a file that is read at once, when some of it is needed. */
interface Stretch extends Extent {
  bytes: Uint8Array | null;
}

/** What no table is in is read in whole pieces of this size, since each one may go over a network. */
const CHUNK = 32 * 1024;
/** Nearly all headers lie in the first page, which is at hand of every program. */
const HEAD = 4096;
/** The most that is read for one program. */
const BUDGET = 48 * 1024 * 1024;
/** Several seconds of work; programs with many libraries take some hundred thousand steps. */
const STEPS = 5_000_000;
const OPEN_COST = 100;
/** The most that is asked for at once. */
const LENGTH_MAX = 4 * 1024 * 1024;

/** A prediction that has read nothing yet. */
export function startRun(start: LoaderStart, context: ExecContext): LoaderRun {
  return { ...start, context, chunks: new Map(), stretches: new Map(), budget: BUDGET, steps: STEPS, doubt: false };
}

/** Whether the run may go on; once it may not, it is in doubt. `cost` is in steps. */
function spend(run: LoaderRun, cost: number): boolean {
  run.steps -= cost;
  if (run.steps < 0) run.doubt = true;
  return run.steps >= 0;
}

/** Whether one more file may be opened. */
export const mayOpen = (run: LoaderRun): boolean => spend(run, OPEN_COST);

/** Says where tables of a file lie: each of these parts is read as a whole, and no more than that. */
export function expectTables(run: LoaderRun, file: OpenedFile, extents: readonly Extent[]): void {
  const known = run.stretches.get(file.path ?? '') ?? [{ from: 0, to: Math.min(HEAD, file.size), bytes: null }];
  known.push(...extents.map((extent) => ({ ...extent, bytes: null })));
  run.stretches.set(file.path ?? '', known);
}

/** Bytes that lie within one stretch; null when there is none that holds them all. */
function* fromStretch(run: LoaderRun, file: OpenedFile, from: number, to: number): TreeProgram<Uint8Array | null> {
  if (file.path === null) return null;
  if (!run.stretches.has(file.path)) expectTables(run, file, []);
  const stretch = run.stretches.get(file.path)?.find((each) => from >= each.from && to <= each.to);
  if (stretch === undefined) return null;
  if (stretch.bytes === null) {
    const length = stretch.to - stretch.from;
    if (run.budget < length) return null;
    run.budget -= length;
    stretch.bytes = yield* readAt(file.path, stretch.from, length);
  }
  return stretch.bytes.subarray(from - stretch.from, to - stretch.from);
}

function* chunkOf(run: LoaderRun, file: OpenedFile, index: number): TreeProgram<Uint8Array> {
  const of = run.chunks.get(file.path ?? '') ?? new Map<number, Uint8Array>();
  const known = of.get(index);
  if (known) return known;
  if (file.path === null || run.budget < CHUNK) {
    run.doubt = true;
    return new Uint8Array();
  }
  run.budget -= CHUNK;
  const bytes = yield* readAt(file.path, index * CHUNK, CHUNK);
  of.set(index, bytes);
  run.chunks.set(file.path, of);
  return bytes;
}

/** At most `length` bytes of a file; fewer at its end. Past the budget nothing is read, and the run is in doubt. */
export function* bytesAt(run: LoaderRun, file: OpenedFile, offset: number, length: number): TreeProgram<Uint8Array> {
  const end = Math.min(offset + length, file.size);
  if (length > LENGTH_MAX) run.doubt = true;
  if (!spend(run, 1)) return new Uint8Array();
  if (!Number.isSafeInteger(offset) || offset < 0 || end <= offset || length > LENGTH_MAX) return new Uint8Array();
  const within = yield* fromStretch(run, file, offset, end);
  if (within !== null) return within;
  const first = Math.floor(offset / CHUNK);
  const inFirst = (yield* chunkOf(run, file, first)).subarray(offset - first * CHUNK, end - first * CHUNK);
  if (end <= (first + 1) * CHUNK) return inFirst;
  const all = new Uint8Array(end - offset);
  all.set(inFirst);
  for (let index = first + 1; index * CHUNK < end; index += 1) {
    const chunk = yield* chunkOf(run, file, index);
    all.set(chunk.subarray(0, end - index * CHUNK), index * CHUNK - offset);
  }
  return all;
}
