import { handlerFor } from './binfmt-misc.ts';
import { isEnv, runEnv } from './env-command.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import type { ExecRequest, KernelHost } from './host.ts';
import { type LoadedFile, loadElf } from './load-elf.ts';
import { lookUp } from './look-up.ts';
import type { FaultCode, Outcome } from './outcome.ts';
import { refusedBy } from './refusal.ts';
import { mayExecute, type Resolved, resolvePath } from './resolve-path.ts';
import { HEAD_SIZE, readScriptLine } from './script.ts';

/** fs/exec.c, exec_binprm: this many changes of the file; the next one is still opened, then ELOOP. */
const DEPTH_LIMIT = 5;

/** An `env` that is found starts a new execve(2); more of them than this is a cycle. */
const ENV_LIMIT = 20;

/**
 * What the program that starts a container would see when it executes `request` over a tree on a host: the runtime's look-up, then
 * execve(2) with its interpreters, binfmt_misc handlers and the ELF loader's own header (see docs/kernel.md for each rule's source).
 */
export function* execve(request: ExecRequest, host: KernelHost): TreeProgram<Outcome> {
  const argv0 = request.argv[0] ?? '';
  if (host.os !== 'linux')
    return refusedBy(
      {
        errno: 'ENOEXEC',
        culprit: argv0,
        fault: 'os-mismatch',
        because: `The host runs ${host.os}; the model knows Linux.`,
        culpritIs: null,
      },
      [],
    );
  const found = yield* lookUp(request);
  if (found.kind === 'refused') {
    return refusedBy(
      { errno: found.errno, culprit: argv0, fault: 'entrypoint-not-found', because: `${found.why}.`, culpritIs: null },
      [],
    );
  }
  let start = found.name;
  let chain: readonly string[] = [];
  for (let round = 0; round < ENV_LIMIT; round += 1) {
    const next = yield* executeFile(start, request, host, chain);
    if (next.kind === 'outcome') return next.outcome;
    chain = next.chain;
    start = next.file;
  }
  return {
    outcome: 'hang',
    culprit: argv0,
    errno: null,
    exit: null,
    fault: 'script-too-nested',
    because: `${argv0} executes itself through env for ever.`,
    culpritIs: null,
    chain,
  };
}

type Next =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'again'; readonly file: string; readonly chain: readonly string[] };

/** One execve(2): from a file through its interpreters to a program, or to env, which starts another one. */
function* executeFile(
  start: string,
  request: ExecRequest,
  host: KernelHost,
  before: readonly string[],
): TreeProgram<Next> {
  const outcome = (value: Outcome): Next => ({ kind: 'outcome', outcome: value });
  let name = start;
  let chain = [...before, name];
  let credentials = '';
  for (let depth = 0; ; depth += 1) {
    const resolved = yield* resolvePath(name, request.cwd, request);
    const denied = openFailure(name, resolved, request, chain, depth, credentials);
    if (denied) return outcome(denied);
    if (depth > DEPTH_LIMIT) {
      return outcome(
        refusedBy(
          {
            errno: 'ELOOP',
            culprit: name,
            fault: 'script-too-nested',
            because: `${chain[before.length]} goes through more than ${DEPTH_LIMIT} interpreters.`,
            culpritIs: null,
          },
          chain,
        ),
      );
    }
    if (resolved.kind === 'error') throw new Error('an open failure was told above');
    const head = yield* readAt(resolved.path, 0, HEAD_SIZE);
    const handler = handlerFor(host.binfmt ?? [], head, name);
    if (handler) {
      const emulated = emulation(handler.flags.includes('F'), handler.interpreter, name, chain);
      if (emulated) return outcome(emulated);
      name = handler.interpreter;
      credentials = `the handler ${handler.name} of binfmt_misc`;
    } else {
      const file: LoadedFile = { name, path: resolved.path, entry: resolved.entry, head };
      const line = readScriptLine(head);
      if (line.kind !== 'interpreter') return outcome(yield* loadElf(file, request, host, chain));
      if (isEnv(line.name)) {
        const env = yield* viaEnv(line.name, line.argument, request, host, chain);
        if (env) return env;
      }
      credentials = `the #! line of ${name}`;
      name = line.name === '' ? '.' : line.name;
    }
    chain = [...chain, name];
  }
}

/** `#!/usr/bin/env X`: env itself must start; then its command is looked up. Null when env has to be told as an interpreter that fails. */
function* viaEnv(
  env: string,
  argument: string | null,
  request: ExecRequest,
  host: KernelHost,
  chain: readonly string[],
): TreeProgram<Next | null> {
  const resolved = yield* resolvePath(env, request.cwd, request);
  if (openFailure(env, resolved, request, chain, 1, '') || resolved.kind === 'error') return null;
  const head = yield* readAt(resolved.path, 0, HEAD_SIZE);
  const started = yield* loadElf({ name: env, path: resolved.path, entry: resolved.entry, head }, request, host, [
    ...chain,
    env,
  ]);
  if (started.outcome !== 'runs') return { kind: 'outcome', outcome: started };
  const command = yield* runEnv(argument, request, [...chain, env]);
  if (command.kind === 'ends') return { kind: 'outcome', outcome: command.outcome };
  return command.file === ''
    ? { kind: 'outcome', outcome: started }
    : { kind: 'again', file: command.file, chain: [...chain, env] };
}

/** With flag F the interpreter was opened at registration: the file is handed over and runs, as far as the kernel is concerned. */
function emulation(preopened: boolean, interpreter: string, name: string, chain: readonly string[]): Outcome | null {
  if (!preopened) return null;
  return {
    outcome: 'runs',
    culprit: null,
    errno: null,
    exit: null,
    fault: 'none',
    because: `${name} is handed to ${interpreter} by binfmt_misc.`,
    culpritIs: null,
    chain: [...chain, interpreter],
  };
}

/** Why do_open_execat in fs/exec.c refuses a file; null when it opens it. */
function openFailure(
  name: string,
  resolved: Resolved,
  request: ExecRequest,
  chain: readonly string[],
  depth: number,
  by: string,
): Outcome | null {
  const refuse = (
    errno: Parameters<typeof refusedBy>[0]['errno'],
    fault: FaultCode,
    because: string,
    culpritIs: string | null = null,
  ) => refusedBy({ errno, culprit: name, fault, because, culpritIs }, chain);
  const named = by === '' ? '' : `, which ${by} names,`;
  if (resolved.kind === 'error') {
    const crlf = depth > 0 && name.endsWith('\r');
    if (crlf)
      return refuse(
        resolved.errno,
        'script-crlf',
        `the #! line ends in a carriage return: the kernel looks for ${JSON.stringify(name)}, which is not there.`,
      );
    const emulator = by.startsWith('the handler');
    return refuse(
      resolved.errno,
      depth === 0 ? 'entrypoint-not-found' : emulator ? 'emulation-broken' : 'interpreter-missing',
      `${name}${named} cannot be opened (${resolved.errno}).`,
    );
  }
  const { entry } = resolved;
  if (entry.kind === 'directory')
    return refuse(
      'EACCES',
      depth === 0 ? 'entrypoint-is-directory' : 'not-executable',
      `${name}${named} is a directory.`,
      'directory',
    );
  if (entry.kind !== 'file') return refuse('EACCES', 'not-executable', `${name}${named} is no regular file.`);
  if (!mayExecute(entry, request)) {
    const mode = entry.mode.toString(8).padStart(4, '0');
    const because = `${name}${named} may not be executed by uid ${request.uid} (mode ${mode}).`;
    return refuse('EACCES', 'not-executable', because);
  }
  return null;
}
