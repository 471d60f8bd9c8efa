import { execve } from '../../../src/kernel/execve.ts';
import { runOver } from '../../../src/kernel/file-tree.ts';
import type { ErrnoName, FaultCode, OutcomeKind } from '../../../src/kernel/outcome.ts';
import { argvOf, type Container } from './container.ts';
import { EngineError } from './engine-error.ts';
import type { ImageTree } from './image-tree.ts';
import { HOST_KERNEL } from './practice-host.ts';

/** What becomes of a start: it runs, ends at once, or is refused by the runtime before there is a process. */
export type StartOutcome =
  | { readonly kind: 'runs' }
  | { readonly kind: 'dies'; readonly exitCode: number; readonly line: string | null }
  | { readonly kind: 'refused'; readonly status: number; readonly exitCode: number; readonly message: string };

/** strerror(3) of glibc and Go, in the lower case that runc prints. */
const ERRNO_TEXT: Readonly<Record<ErrnoName, string>> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  EIO: 'input/output error',
  ENOEXEC: 'exec format error',
  ENOMEM: 'cannot allocate memory',
  EACCES: 'permission denied',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EINVAL: 'invalid argument',
  ETXTBSY: 'text file busy',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
  ELIBBAD: 'accessing a corrupted shared library',
};

/** Faults of argv[0] itself that runc 1.1's look-up finds before it starts a process. */
const LOOKUP_FAULTS: readonly FaultCode[] = ['entrypoint-not-found', 'entrypoint-is-directory', 'not-executable'];

const PREFIX =
  'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: ';
const MOUNT_HINT =
  ': Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type';

const isErrno = (outcome: OutcomeKind): outcome is ErrnoName => outcome in ERRNO_TEXT;

function refusal(command: string, errno: ErrnoName): StartOutcome {
  const quoted = JSON.stringify(command);
  const text = ERRNO_TEXT[errno];
  const refused = (status: number, exitCode: number, message: string): StartOutcome => ({
    kind: 'refused',
    status,
    exitCode,
    message: `${PREFIX}${quoted}: ${message}`,
  });
  if (errno === 'EACCES' || errno === 'EISDIR') return refused(400, 126, 'permission denied: unknown');
  if (!command.includes('/')) return refused(400, 127, 'executable file not found in $PATH: unknown');
  if (errno === 'ENOENT') return refused(400, 127, `stat ${command}: ${text}: unknown`);
  if (errno === 'ENOTDIR') return refused(400, 127, `stat ${command}: ${text}: unknown${MOUNT_HINT}`);
  return refused(500, 128, `stat ${command}: ${text}: unknown`);
}

/** The ids that `User` stands for, by the image's own /etc/passwd and /etc/group. */
function idsOf(user: string, tree: ImageTree): { uid: number; gid: number } {
  const [name = '', group] = user.split(':');
  const columnsOf = (path: string, wanted: string) =>
    Buffer.from(tree.node(path)?.content ?? [])
      .toString()
      .split('\n')
      .map((line) => line.split(':'))
      .find((columns) => columns[0] === wanted || columns[2] === wanted);
  const own = columnsOf('/etc/passwd', name || '0');
  const uid = /^\d*$/.test(name) ? Number(name) : Number(own?.[2] ?? Number.NaN);
  const foreign = group === undefined ? own?.[3] : (columnsOf('/etc/group', group)?.[2] ?? group);
  const gid = Number(foreign ?? 0);
  if (Number.isNaN(uid)) throw new EngineError(400, `unable to find user ${name}: no matching entries in passwd file`);
  if (Number.isNaN(gid)) throw new EngineError(400, `unable to find group ${group}: no matching entries in group file`);
  return { uid, gid };
}

/** Asks the kernel model what executing the container's entrypoint over its own files would do on the practice host. */
export function startOutcomeOf(container: Container): StartOutcome {
  const argv = argvOf(container);
  const { config, image } = container;
  const path = config.Env.find((variable) => variable.startsWith('PATH='))?.slice('PATH='.length) ?? null;
  const request = { argv, path, cwd: config.WorkingDir || '/', ...idsOf(config.User, image.tree) };
  const { outcome, culprit, exit, fault, because, chain } = runOver(image.tree, execve(request, HOST_KERNEL));
  const command = argv[0] ?? '';
  if (outcome === 'runs' || outcome === 'hang') return { kind: 'runs' };
  if (!isErrno(outcome)) {
    return {
      kind: 'dies',
      exitCode: exit ?? (outcome === 'signal' ? 139 : 127),
      line: outcome === 'signal' ? null : because,
    };
  }
  if (culprit === command && LOOKUP_FAULTS.includes(fault)) return refusal(command, outcome);
  // The runtime names what its look-up found.
  const executed = command.includes('/') ? command : (chain[0] ?? command);
  return { kind: 'dies', exitCode: 1, line: `exec ${executed}: ${ERRNO_TEXT[outcome]}` };
}
