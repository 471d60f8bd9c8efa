import { type Ending, type ExecContext, refused } from './ending.ts';
import { followEnv } from './env-command.ts';
import { execFile } from './exec-chain.ts';
import type { TreeProgram } from './file-tree.ts';
import type { ExecRequest, KernelHost } from './host.ts';
import { lookUp } from './look-up.ts';
import { ERRNO, type ErrnoName, type Outcome } from './outcome.ts';
import { ROOT } from './permissions.ts';
import { cleanPath, resolvePath } from './resolve-path.ts';
import { settleHost } from './settle-host.ts';

const isErrno = (outcome: string): outcome is ErrnoName => Object.hasOwn(ERRNO, outcome);

function toOutcome(ending: Ending, chain: readonly string[]): Outcome {
  return {
    outcome: ending.outcome,
    culprit: ending.culprit,
    errno: isErrno(ending.outcome) ? ERRNO[ending.outcome] : null,
    exit: ending.exit,
    fault: ending.fault,
    because: ending.because,
    culpritIs: ending.culpritIs,
    suspicion: ending.suspicion ?? null,
    chain,
  };
}

/** The working directory, physically. The runtime changes to it as root, and makes it when it is missing. */
function* workingDirectory(cwd: string): TreeProgram<string> {
  const absolute = cleanPath(`/${cwd.replaceAll('\0', '')}`);
  const found = yield* resolvePath(absolute, '/', ROOT);
  return found.found && found.entry.kind === 'directory' ? found.path : absolute;
}

/** The runtime's look-up of a name without a slash, then the kernel's execve. */
function* find(request: ExecRequest, context: ExecContext): TreeProgram<Ending> {
  const name = request.argv[0] ?? '';
  if (name.includes('/')) return yield* execFile(name, context);
  const { path } = request;
  const found = yield* lookUp(name, path, context.cwd, context.who);
  if (found.kind === 'found') return yield* execFile(found.path, context);
  const quoted = JSON.stringify(name);
  if (found.kind === 'relative') {
    const because = `${quoted} is found through a relative or empty element of PATH (${path}), which the runtime refuses.`;
    return refused('ENOENT', name, 'entrypoint-not-found', because, null);
  }
  const where = path ? `in PATH (${path})` : 'because PATH is not set';
  if (found.passedOver !== null) {
    const because = `${quoted} is not found ${where}: ${found.passedOver} is there, but may not be executed.`;
    return refused('ENOENT', name, 'not-executable', because, null);
  }
  return refused('ENOENT', name, 'entrypoint-not-found', `${quoted} is not found ${where}.`, null);
}

/**
 * What happens when a runtime executes `request.argv` in a container with this file tree on this host: its own look-up,
 * then execve(2), then the first instruction as far as it is certain. Never changes anything; reads are bounded. Throws
 * only what the tree throws.
 */
export function* execve(request: ExecRequest, host: KernelHost): TreeProgram<Outcome> {
  if (host.os !== 'linux') {
    const because = `The host runs ${host.os}, and the rules of execve(2) are those of Linux.`;
    return toOutcome(refused('ENOEXEC', request.argv[0] ?? '', 'os-mismatch', because, null), []);
  }
  const cwd = yield* workingDirectory(request.cwd);
  const who = { uid: request.uid, gid: request.gid };
  const context: ExecContext = { host: settleHost(host), who, cwd, chain: [] };
  const ending = yield* find(request, context);
  return toOutcome(yield* followEnv(ending, context, request.path), context.chain);
}
