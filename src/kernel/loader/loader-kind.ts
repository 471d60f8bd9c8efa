import { PF_W, PF_X, PT_LOAD } from '../elf.ts';
import type { TreeProgram } from '../file-tree.ts';
import { bytesAt, type LoaderRun } from './loader-run.ts';

/** What a loader's own bytes say about how it searches. */
export type LoaderKind =
  | {
      readonly kind: 'glibc';
      /** The minor version of glibc 2; null before 2.33, which does not say. */
      readonly minor: number | null;
      /** The trusted directories, each with a slash at its end. Empty when they were not found. */
      readonly directories: readonly string[];
      /** What $LIB stands for; null when unknown. */
      readonly lib: string | null;
      readonly cache: string | null;
      readonly preload: string | null;
    }
  | {
      readonly kind: 'musl';
      /** As in /etc/ld-musl-ARCH.path. */
      readonly arch: string;
      /** Colon-separated. */
      readonly directories: string;
    };

const RODATA_MAX = 2 * 1024 * 1024;
const latin1 = new TextDecoder('latin1');

/** The strings of the loader's read-only segments. Its code comes last: some linkers put the strings there. */
function* readOnlyText(run: LoaderRun, codeToo: boolean): TreeProgram<string> {
  const { file, image } = run.loader;
  let text = '';
  for (const { type, flags, offset, filesz } of image.segments) {
    const executable = (flags & PF_X) !== 0;
    if (type !== PT_LOAD || (flags & PF_W) !== 0 || executable !== codeToo) continue;
    const size = Math.min(Number(filesz), RODATA_MAX);
    if (text.length + size > RODATA_MAX) break;
    text += `${latin1.decode(yield* bytesAt(run, file, Number(offset), size))}\0`;
  }
  return text;
}

/** system_dirs of elf/dl-load.c: the longest row of strings that begin and end with a slash. Data may stand right before it. */
function trustedDirectories(text: string): string[] {
  const rows = [...text.matchAll(/(?:\/(?:[!-9;-~]*\/)?\0)+/g)].map((match) => match[0].split('\0').filter(Boolean));
  return rows.reduce((longest, row) => (row.length > longest.length ? row : longest), []);
}

/** DL_DST_LIB: the last part of the first directory; believed only when the loader has that string. */
function libToken(text: string, directories: readonly string[]): string | null {
  for (const directory of directories) {
    const lib = /\/(lib[^/]*(?:\/[^/]+-linux-[^/]+)?)\/$/.exec(directory)?.[1];
    if (lib && text.includes(`\0${lib}\0`)) return lib;
  }
  return null;
}

function asGlibc(text: string): LoaderKind | null {
  if (!text.includes('\0glibc-ld.so.cache1.1') && !text.includes('glibc-ld.so.cache1.1\0')) return null;
  const version = /\bld\.so \([^)\0]*\) (?:stable|development|release)[^\0]*? version 2\.(\d+)/.exec(text);
  const directories = trustedDirectories(text);
  return {
    kind: 'glibc',
    minor: version ? Number(version[1]) : null,
    directories,
    lib: libToken(text, directories),
    cache: /\0(\/[^\0\s]*\/ld\.so\.cache)\0/.exec(text)?.[1] ?? null,
    preload: /\0(\/[^\0\s]*\/ld\.so\.preload)\0/.exec(text)?.[1] ?? null,
  };
}

function asMusl(text: string): LoaderKind | null {
  const arch = /%\.\*s\/etc\/ld-musl-([^\0/]+)\.path\0/.exec(text)?.[1];
  const directories = /(?<=\0)\/[^\0:\s]*lib[^\0:\s]*(?::\/[^\0:\s]*lib[^\0:\s]*)*(?=\0)/g;
  const row = [...text.matchAll(directories)].map((match) => match[0]).find((match) => match.includes(':'));
  return arch && row ? { kind: 'musl', arch, directories: row } : null;
}

/** Which loader it is, by its own bytes. Null for one that is neither glibc's nor musl's: nothing is known of it. */
export function* loaderKind(run: LoaderRun): TreeProgram<LoaderKind | null> {
  const constants = yield* readOnlyText(run, false);
  const known = asGlibc(constants) ?? asMusl(constants);
  if (known) return known;
  const code = yield* readOnlyText(run, true);
  return asGlibc(code) ?? asMusl(code);
}
