import type { Ending, ExecContext, ScriptStep, Started } from './ending.ts';
import { readEnvArguments } from './env-arguments.ts';
import { execFile } from './exec-chain.ts';
import type { TreeProgram } from './file-tree.ts';
import type { FaultCode } from './outcome.ts';

const NOT_FOUND = 127;
const CANNOT_RUN = 126;
/** execvp(3) without PATH. */
const GLIBC_PATH = '/bin:/usr/bin';
const MUSL_PATH = '/usr/local/bin:/bin:/usr/bin';
/** Scripts that run each other through env: a longer chain than this is taken for endless. */
const MAX_ENVS = 16;

/** Whether the program that got control is env, called by a `#!` line. */
function startedEnv(started: Started | null): started is Started & { script: ScriptStep } {
  return started?.script != null && /(^|\/)env$/.test(started.script.interpreter);
}

function failed(culprit: string, exit: number | null, fault: FaultCode, because: string, is: string | null): Ending {
  return { outcome: 'env', culprit, exit, fault, because, culpritIs: is, started: null };
}

function hang(script: ScriptStep): Ending {
  const because = `${script.file.name} is run by env, which is left with nothing but the script to run: it executes itself for ever.`;
  return {
    outcome: 'hang',
    culprit: script.file.name,
    exit: null,
    fault: 'not-exec-format',
    because,
    culpritIs: null,
    started: null,
  };
}

/** The candidates of execvp(3), in order. */
function candidatesOf(command: string, path: string): readonly string[] {
  if (command.includes('/')) return [command];
  return path.split(':').map((element) => (element === '' ? command : `${element}/${command}`));
}

function notFound(command: string, script: ScriptStep, path: string): Ending {
  const crlf = command.endsWith('\r');
  const because = crlf
    ? `The #! line of ${script.file.name} ends with CR LF, so env looks for ${JSON.stringify(command)} with the carriage return in its name.`
    : `env, which runs ${script.file.name}, finds no ${JSON.stringify(command)}${command.includes('/') ? '' : ` in ${path}`}.`;
  return failed(command, NOT_FOUND, crlf ? 'script-crlf' : 'interpreter-missing', because, null);
}

/** What env reports of the refusals that execvp(3) met; `denied` and `deeper` are those worth more than "not found". */
function report(
  command: string,
  script: ScriptStep,
  path: string,
  denied: Ending | null,
  deeper: Ending | null,
): Ending {
  const cause = denied ?? deeper;
  if (!cause) return notFound(command, script, path);
  const fault = cause.fault === 'entrypoint-is-directory' ? 'not-executable' : cause.fault;
  const because = `env, which runs ${script.file.name}, cannot run ${JSON.stringify(command)}. ${cause.because}`;
  return failed(command, denied ? CANNOT_RUN : NOT_FOUND, fault, because, cause.culpritIs);
}

/** execvp(3) hands what the kernel does not know to /bin/sh, in glibc: a text runs as a shell script, a program does not. */
function asShellScript(command: string, script: ScriptStep, refusal: Ending, musl: boolean, runs: Ending): Ending {
  const text = refusal.fault === 'script-no-shebang' || refusal.fault === 'empty-file';
  if (text && !musl) return { ...runs, because: `env runs ${JSON.stringify(command)} through /bin/sh.`, started: null };
  const fault = refusal.fault === 'wrong-arch-binary' ? 'interpreter-wrong-arch' : refusal.fault;
  const because = `env, which runs ${script.file.name}, cannot run ${JSON.stringify(command)}. ${refusal.because}`;
  return failed(command, musl ? CANNOT_RUN : null, fault, because, refusal.culpritIs);
}

interface Search {
  readonly command: string;
  readonly path: string;
  readonly script: ScriptStep;
  readonly musl: boolean;
  readonly depth: number;
}

/** execvp(3): the candidates in order; a missing file or a denied one is passed over, everything else is final. */
function* search(from: Search, starting: Ending, context: ExecContext): TreeProgram<Ending> {
  const { command, path, script, musl } = from;
  let denied: Ending | null = null;
  let deeper: Ending | null = null;
  for (const candidate of candidatesOf(command, path)) {
    const tried: string[] = [];
    const ending = yield* execFile(candidate, { ...context, chain: tried });
    const absent = ['ENOENT', 'ENOTDIR'].includes(ending.outcome);
    if (!absent || ending.fault !== 'entrypoint-not-found') context.chain.push(...tried);
    if (startedEnv(ending.started)) return yield* followEnv(ending, context, path, from.depth + 1);
    if (['runs', 'signal', 'loader'].includes(ending.outcome)) return ending;
    if (ending.outcome === 'ENOEXEC') return asShellScript(command, script, ending, musl, starting);
    if (ending.outcome === 'EACCES') denied ??= ending;
    else if (!absent) return report(command, script, path, ending, null);
    else if (ending.fault !== 'entrypoint-not-found') deeper ??= ending;
  }
  return report(command, script, path, denied, deeper);
}

/**
 * What becomes of a script whose `#!` line names env, after the kernel started env: it runs its command like execvp(3).
 * Ends with 127 when the command is not found and 126 when it cannot be run. `path` is the container's.
 */
export function* followEnv(ending: Ending, context: ExecContext, path: string | null, depth = 0): TreeProgram<Ending> {
  if (!startedEnv(ending.started)) return ending;
  const { script, program, loader } = ending.started;
  if (depth > MAX_ENVS) return hang(script);
  const busybox = /\/(busybox|toybox)[^/]*$/.test(program.path ?? '');
  const argument = readEnvArguments(script.argument, path, !busybox);
  if (argument.kind === 'unknown') return ending;
  if (argument.kind === 'itself') return hang(script);
  if (argument.kind === 'failed') {
    return failed('env', argument.exit, 'not-exec-format', `${script.file.name} cannot be run: ${argument.why}.`, null);
  }
  const musl = loader?.includes('ld-musl') ?? false;
  const found = argument.path ?? (musl ? MUSL_PATH : GLIBC_PATH);
  return yield* search({ command: argument.command, path: found, script, musl, depth }, ending, context);
}
