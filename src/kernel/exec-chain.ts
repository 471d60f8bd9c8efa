import { handlerFor, isEmulator, isOpenedAtRegistration, nativeHead, passesDescriptor } from './binfmt-misc.ts';
import { padded } from './bytes.ts';
import { emulationFault } from './emulated-program.ts';
import { type Ending, type ExecContext, type OpenedFile, type Role, refused, type ScriptStep } from './ending.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import type { BinfmtHandler } from './host.ts';
import { refuseContent } from './judge-content.ts';
import { openElf } from './open-elf.ts';
import { openExec } from './open-exec.ts';
import { HEAD_SIZE, parseShebang } from './script.ts';
import { deathOf, isCutOff } from './start-elf.ts';

/** How often the kernel hands a file to an interpreter (exec_binprm in fs/exec.c). */
const MAX_STEPS = 5;

/** One execve on its way through scripts and handlers. */
interface Progress {
  file: OpenedFile;
  role: Role;
  script: ScriptStep | null;
  /** What an emulator was given last. */
  emulated: OpenedFile | null;
  handled: boolean;
  /** The file that a handler with flag O or C gets as an open descriptor; the kernel can pass on only one. */
  descriptor: OpenedFile | null;
}

function* headOf(file: OpenedFile, context: ExecContext): TreeProgram<Uint8Array> {
  if (file.path === null) return nativeHead(context.host);
  return padded(yield* readAt(file.path, 0, HEAD_SIZE), HEAD_SIZE);
}

function tooNested(progress: Progress): Ending {
  const { file, handled } = progress;
  const because = handled
    ? `The kernel gave up before ${file.name}: with binfmt_misc handlers there are more than ${MAX_STEPS} interpreters in a row.`
    : `The kernel gave up before ${file.name}: at most ${MAX_STEPS} interpreters in a row are run, and this would be one more.`;
  return refused('ELOOP', file.name, handled ? 'emulation-broken' : 'script-too-nested', because, null);
}

/** After a handler with flag O or C there may be no further interpreter (exec_binprm in fs/exec.c, bprm->executable). */
function descriptorTaken(progress: Progress, next: string): Ending {
  const held = progress.descriptor?.name ?? '';
  const because = `${held} was handed to a binfmt_misc handler with flag O or C, and after that the kernel hands over no second file: ${progress.file.name} would have to be handed to ${next}.`;
  return refused('ENOEXEC', progress.file.name, 'emulation-broken', because, null);
}

/** Hands the file to a binfmt_misc handler; an Ending when its interpreter cannot be opened. */
function* handOver(progress: Progress, handler: BinfmtHandler, context: ExecContext): TreeProgram<Ending | null> {
  if (isEmulator(handler)) progress.emulated = progress.file;
  progress.handled = true;
  progress.role = 'handler';
  const opened = isOpenedAtRegistration(handler)
    ? { file: { name: handler.interpreter, path: null, size: 0 } }
    : yield* openExec(handler.interpreter, 'handler', context);
  if ('refused' in opened) return opened.refused;
  if (progress.descriptor) return descriptorTaken(progress, handler.interpreter);
  if (passesDescriptor(handler)) progress.descriptor = progress.file;
  progress.file = opened.file;
  return null;
}

function* followShebang(
  progress: Progress,
  interpreter: string,
  argument: string | null,
  context: ExecContext,
): TreeProgram<Ending | null> {
  progress.script = { file: progress.file, interpreter, argument };
  progress.role = 'interpreter';
  const opened = yield* openExec(interpreter, 'interpreter', context);
  if ('refused' in opened) return opened.refused;
  if (progress.descriptor) return descriptorTaken(progress, interpreter);
  progress.file = opened.file;
  return null;
}

function runs(progress: Progress, loader: string | null, cutOff: boolean): Ending {
  const { file, script } = progress;
  return {
    outcome: 'runs',
    culprit: cutOff ? file.name : null,
    exit: null,
    fault: cutOff ? 'truncated-binary' : 'none',
    because: cutOff
      ? `${file.name} gets control, but the file ends before its segments do: it will crash when it reaches what is missing.`
      : `${file.name} gets control.`,
    culpritIs: null,
    started: { program: file, loader, script },
  };
}

/** The program gets control, unless it is an emulator that cannot load what it was given. */
function* startsOrGivesUp(
  progress: Progress,
  loader: string | null,
  cutOff: boolean,
  context: ExecContext,
): TreeProgram<Ending> {
  const fault = progress.emulated && (yield* emulationFault(progress.emulated, context));
  return fault ?? runs(progress, loader, cutOff);
}

function* startElf(progress: Progress, head: Uint8Array, context: ExecContext): TreeProgram<Ending> {
  const { file, role } = progress;
  if (file.path === null) return yield* startsOrGivesUp(progress, null, false, context);
  const elf = yield* openElf(file, head, role, context);
  if ('outcome' in elf) return elf;
  const death = yield* deathOf(file, elf, context);
  if (death) return role === 'handler' ? { ...death, fault: 'emulation-broken' } : death;
  const cutOff = isCutOff(elf.main) || (elf.loader !== null && isCutOff(elf.loader.image));
  return yield* startsOrGivesUp(progress, elf.loader?.file.name ?? null, cutOff, context);
}

/** One turn of the kernel's loop: an Ending, or null when the file was handed to an interpreter. */
function* turn(progress: Progress, context: ExecContext): TreeProgram<Ending | null> {
  const head = yield* headOf(progress.file, context);
  const handler = handlerFor(context.host, progress.file.name, head);
  if (handler) return yield* handOver(progress, handler, context);
  const shebang = parseShebang(head);
  if (shebang.kind === 'script') {
    return yield* followShebang(progress, shebang.interpreter, shebang.argument, context);
  }
  if (shebang.kind === 'malformed') {
    return yield* refuseContent('ENOEXEC', progress.file, progress.role, context, shebang.why);
  }
  return yield* startElf(progress, head, context);
}

/** execve(2) of a name that has a slash in it, from opening it to the first instruction. */
export function* execFile(name: string, context: ExecContext): TreeProgram<Ending> {
  const opened = yield* openExec(name, 'entrypoint', context);
  if ('refused' in opened) return opened.refused;
  const progress: Progress = {
    file: opened.file,
    role: 'entrypoint',
    script: null,
    emulated: null,
    handled: false,
    descriptor: null,
  };
  for (let steps = 0; steps <= MAX_STEPS; steps += 1) {
    const ending = yield* turn(progress, context);
    if (ending) return ending;
  }
  return tooNested(progress);
}
