/** One entry of a layer's tar archive, in the archive's own words. */
export interface LayerEntry {
  /** As written: it may begin with `./` or `/`. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';
  /** Permission bits (07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** The text of a symbolic link, or the path a hard link leads to. */
  readonly target: string | null;
}

/** A layer that no runtime could unpack; the message says which entry and why. Caught where a layer is built. */
export class LayerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LayerError';
  }
}

/**
 * The elements of an entry's path, cleaned as Go's filepath.Clean does: no `.`, no empty ones, `a/..` taken out.
 * Throws LayerError when it leads out of the archive, as Docker refuses it (pkg/archive, breakoutError).
 */
export function splitEntryPath(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined)
      throw new LayerError(`the entry ${JSON.stringify(path)} leads out of the image`);
  }
  return parts;
}
