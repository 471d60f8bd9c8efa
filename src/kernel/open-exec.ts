import { type Ending, type ExecContext, type OpenedFile, type Role, refused } from './ending.ts';
import type { TreeEntry, TreeProgram } from './file-tree.ts';
import type { ErrnoName, FaultCode } from './outcome.ts';
import { mayExecute } from './permissions.ts';
import { resolvePath } from './resolve-path.ts';

/** The file, or why it could not be opened. */
export type OpenAnswer = { readonly file: OpenedFile } | { readonly refused: Ending };

const WALK_REASONS: Partial<Record<ErrnoName, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is no directory, but the name goes on after it',
  ELOOP: 'is one symbolic link too many: the kernel follows 40',
  ENAMETOOLONG: 'is longer than a name may be',
  EACCES: 'may not be searched by the user of the container',
  EINVAL: 'contains a NUL byte',
};

const MISSING: Record<Role, FaultCode> = {
  entrypoint: 'entrypoint-not-found',
  interpreter: 'interpreter-missing',
  handler: 'emulation-broken',
  loader: 'loader-missing',
};

const AS: Record<Role, string> = {
  entrypoint: 'the entrypoint',
  interpreter: 'the interpreter of a #! line',
  handler: 'the interpreter of a binfmt_misc handler without flag F',
  loader: 'the loader (PT_INTERP) of a program',
};

const quoted = (name: string) => JSON.stringify(name);

function notFound(name: string, role: Role, errno: ErrnoName, at: string): Ending {
  const where = `${at === name ? '' : `${quoted(at)} `}${WALK_REASONS[errno] ?? 'cannot be opened'}`;
  if (role === 'interpreter' && name.endsWith('\r')) {
    return refused(
      errno,
      name,
      'script-crlf',
      `The #! line ends with CR LF, so the kernel looks for ${quoted(name)} with the carriage return in its name: ${where}.`,
      null,
    );
  }
  const fault = errno === 'EACCES' && role !== 'handler' ? 'not-executable' : MISSING[role];
  return refused(errno, name, fault, `${quoted(name)}, ${AS[role]}, cannot be opened: ${where}.`, null);
}

function notExecutable(name: string, role: Role, entry: TreeEntry): Ending {
  const is = entry.kind === 'file' ? null : entry.kind === 'directory' ? 'directory' : 'special file';
  const subject = `${quoted(name)}, ${AS[role]},`;
  const mode = `mode ${entry.mode.toString(8).padStart(4, '0')}`;
  const because =
    name === ''
      ? `The name of ${AS[role]} is empty, so the kernel opens the working directory, which cannot be executed.`
      : is
        ? `${subject} is a ${is}, which cannot be executed.`
        : `${subject} may not be executed by the user of the container: ${mode}, owner ${entry.uid ?? '?'}:${entry.gid ?? '?'}.`;
  return refused('EACCES', name, faultOf(name, role, is), because, is);
}

function faultOf(name: string, role: Role, is: string | null): FaultCode {
  if (role === 'handler') return 'emulation-broken';
  if (name === '') return role === 'loader' ? 'loader-missing' : 'script-no-shebang';
  return role === 'entrypoint' && is === 'directory' ? 'entrypoint-is-directory' : 'not-executable';
}

function onNoexecMount(name: string, role: Role): Ending {
  const because = `${quoted(name)}, ${AS[role]}, lies on a file system that is mounted with the option noexec.`;
  return refused('EACCES', name, role === 'handler' ? 'emulation-broken' : 'noexec-mount', because, null);
}

/**
 * Opens a file for execution as do_open_execat() in fs/exec.c: the walk first, then type, mount (path_noexec) and x bit,
 * never the content.
 */
export function* openExec(name: string, role: Role, context: ExecContext): TreeProgram<OpenAnswer> {
  context.chain.push(name);
  if (name === '' && role === 'entrypoint') return { refused: notFound(name, role, 'ENOENT', name) };
  const found = yield* resolvePath(name, context.cwd, context.who);
  if (!found.found) return { refused: notFound(name, role, found.errno, found.at) };
  const { entry, path } = found;
  if (entry.kind === 'file' && entry.noexec) return { refused: onNoexecMount(name, role) };
  if (entry.kind !== 'file' || !mayExecute(entry, context.who)) return { refused: notExecutable(name, role, entry) };
  return { file: { name, path, size: entry.size } };
}
