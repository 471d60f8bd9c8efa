import type { TreeProgram } from './file-tree.ts';
import type { ExecRequest } from './host.ts';
import type { Outcome } from './outcome.ts';
import { mayExecute, resolvePath } from './resolve-path.ts';

/**
 * What becomes of `#!/usr/bin/env X`: execve(2) of env succeeds, then env looks X up in PATH itself. Null when env finds it, so
 * that the model goes on with the file in `found`.
 */
export type EnvCommand =
  | { readonly kind: 'runs'; readonly file: string }
  | { readonly kind: 'ends'; readonly outcome: Outcome };

/** The PATH that execvp(3) falls back to when there is none (glibc, _CS_PATH). */
const FALLBACK_PATH = '/bin:/usr/bin';

/** Whether an interpreter is env, by its name. */
export function isEnv(interpreter: string): boolean {
  return /(^|\/)env$/.test(interpreter);
}

/** `argument` is the one argument of the `#!` line, blanks and all. */
export function* runEnv(
  argument: string | null,
  request: ExecRequest,
  chain: readonly string[],
): TreeProgram<EnvCommand> {
  const ends = (outcome: Pick<Outcome, 'outcome' | 'culprit' | 'exit' | 'fault' | 'because'>): EnvCommand => ({
    kind: 'ends',
    outcome: { ...outcome, errno: null, culpritIs: null, chain },
  });
  if (argument === null || /^[^/\s]*=/.test(argument)) {
    return ends({
      outcome: 'hang',
      culprit: chain[0] ?? null,
      exit: null,
      fault: 'script-no-shebang',
      because: 'env is given no command, so it executes the script, which executes env, for ever.',
    });
  }
  const command = argument.startsWith('-') ? (/^-S\s*(?<word>[^\s]+)/.exec(argument)?.groups?.word ?? null) : argument;
  if (command === null || command.includes('=')) return { kind: 'runs', file: '' };
  const candidates = command.includes('/')
    ? [command]
    : (request.path ?? FALLBACK_PATH).split(':').map((element) => `${element || '.'}/${command}`);
  let denied = false;
  for (const candidate of candidates) {
    const found = yield* resolvePath(candidate, request.cwd, request);
    if (found.kind === 'error') {
      denied ||= found.errno === 'EACCES';
      continue;
    }
    if (found.entry.kind === 'file' && mayExecute(found.entry, request)) return { kind: 'runs', file: candidate };
    denied = true;
  }
  const crlf = command.endsWith('\r');
  return ends({
    outcome: 'env',
    culprit: command,
    exit: denied ? 126 : 127,
    fault: crlf ? 'script-crlf' : denied ? 'not-executable' : 'interpreter-missing',
    because: crlf
      ? `the #! line ends in a carriage return, so env looks for a command whose name ends in one: ${JSON.stringify(command)}.`
      : `env does not find ${command}${denied ? ' as an executable file' : ''} in PATH.`,
  });
}
