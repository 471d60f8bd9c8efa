import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { FileExtract, FRONT, HEAD } from './file-extract.ts';
import { FrontBuffer } from './front-buffer.ts';
import { PIECE_WEIGHT } from './layer-listing.ts';
import type { Piece } from './pieces.ts';
import type { ContentSink } from './walk-tar.ts';

/**
 * Bytes that are kept of one layer: of programs and libraries, of what nearly every dynamic program is loaded with, of
 * what the system reads at a start, of small files.
 */
const BUDGETS = { program: 12 * 1024 ** 2, runtime: 8 * 1024 ** 2, settings: 2 * 1024 ** 2, small: 1024 ** 2 };
const LARGEST_RUNTIME = 4 * 1024 ** 2;
/** Loaders, the C library in its parts, and what compilers add. They are kept whole: all of their symbols are looked up. */
const RUNTIME =
  /(?:^|\/)(?:ld-[^/]*\.so[^/]*|ld(?:64)?\.so[^/]*|lib(?:c|m|pthread|dl|rt|util|resolv|crypt|gcc_s|stdc\+\+|atomic|z)(?:[-.][^/]*)?\.so[^/]*|libc\.musl[^/]*)$/;
const LARGEST_SETTING = 1024 ** 2;
/** Users, groups, and what tells the loader where libraries are (ld.so.conf(5), ld.so(8), musl's ld-musl-*.path). */
const SETTINGS = /^(?:\.?\/)?etc\/(?:passwd|group|ld\.so\.[^/]*|ld\.so\.conf\.d\/[^/]*|ld-musl-[^/]*\.path)$/;

/** Decides what is kept of the files of one layer while they stream by. */
export function contentKeeper(keep: (ordinal: number, pieces: readonly Piece[]) => void) {
  const left = { ...BUDGETS };
  const front = new FrontBuffer(FRONT);
  return (entry: LayerEntry, ordinal: number): ContentSink | null => {
    if (entry.kind !== 'file' || entry.size === 0) return null;
    const isSetting = entry.size <= LARGEST_SETTING && SETTINGS.test(entry.path);
    const isSmall = !(entry.mode & 0o111) && entry.size <= HEAD;
    const isRuntime = entry.size <= LARGEST_RUNTIME && RUNTIME.test(entry.path);
    const budget = isSetting ? 'settings' : isRuntime ? 'runtime' : isSmall ? 'small' : 'program';
    if (left[budget] <= PIECE_WEIGHT) return null;
    const head = isSetting || isRuntime ? entry.size : isSmall || entry.mode & 0o111 ? HEAD : 0;
    return new FileExtract(entry.size, head, front, (pieces) => {
      const total = pieces.reduce((sum, { bytes }) => sum + bytes.length + PIECE_WEIGHT, 0);
      if (total === 0 || total > left[budget]) return;
      left[budget] -= total;
      keep(ordinal, pieces);
    });
  };
}
