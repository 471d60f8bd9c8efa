import { decodeText } from '../bytes.ts';
import type { OpenedFile } from '../ending.ts';
import type { TreeEntry, TreeProgram } from '../file-tree.ts';
import { identifyFile } from '../identify-file.ts';
import type { ErrnoName } from '../outcome.ts';
import type { Identity } from '../permissions.ts';
import { resolvePath } from '../resolve-path.ts';
import { bytesAt, type LoaderRun, mayOpen } from './loader-run.ts';

/** What open(2) for reading gives a loader; `directory` opens, but cannot be read. */
export type OpenedLibrary =
  | { readonly kind: 'file'; readonly file: OpenedFile }
  | { readonly kind: 'directory'; readonly file: OpenedFile }
  | { readonly kind: 'errno'; readonly errno: ErrnoName };

/** May this user read the file? Exactly the class that applies; root always may (CAP_DAC_OVERRIDE). */
function mayRead(entry: TreeEntry, who: Identity): boolean {
  if (who.uid === 0) return true;
  if ((entry.uid ?? 0) === who.uid) return (entry.mode & 0o400) !== 0;
  if ((entry.gid ?? 0) === who.gid) return (entry.mode & 0o040) !== 0;
  return (entry.mode & 0o004) !== 0;
}

/** Opens a file for reading as the program's user. A device or a FIFO is beyond the model. */
export function* openLibrary(run: LoaderRun, name: string): TreeProgram<OpenedLibrary> {
  if (!mayOpen(run)) return { kind: 'errno', errno: 'ENOENT' };
  const found = yield* resolvePath(name, run.context.cwd, run.context.who);
  if (!found.found) return { kind: 'errno', errno: found.errno };
  const { entry, path } = found;
  if (!mayRead(entry, run.context.who)) return { kind: 'errno', errno: 'EACCES' };
  if (entry.kind === 'other') run.doubt = true;
  return { kind: entry.kind === 'directory' ? 'directory' : 'file', file: { name, path, size: entry.size } };
}

const IDENTIFIED = 4096;
const TEXT_MAX = 1024 * 1024;

/** What a library file turned out to be, in file(1)'s words. */
export function* whatIs(run: LoaderRun, file: OpenedFile): TreeProgram<string> {
  return identifyFile(yield* bytesAt(run, file, 0, IDENTIFIED), file.size).what;
}

/** The text of a configuration file; null when it cannot be opened. A larger one than 1 MiB makes the run doubtful. */
export function* readConfiguration(run: LoaderRun, name: string): TreeProgram<string | { errno: ErrnoName }> {
  const opened = yield* openLibrary(run, name);
  if (opened.kind === 'errno') return { errno: opened.errno };
  if (opened.kind === 'directory') return '';
  if (opened.file.size > TEXT_MAX) run.doubt = true;
  return decodeText(yield* bytesAt(run, opened.file, 0, Math.min(opened.file.size, TEXT_MAX)));
}
