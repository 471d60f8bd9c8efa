import { armLevelNeeded } from './arm-attributes.ts';
import type { ExecContext, OpenedFile, ScriptStep } from './ending.ts';
import type { TreeProgram } from './file-tree.ts';
import type { OpenedElf } from './open-elf.ts';
import type { Suspicion } from './outcome.ts';
import { isCutOff } from './start-elf.ts';

const EM_ARM = 40;

/** The number of an Arm variant such as `v6` or `v8l`; null when it is unknown. */
function armLevel(variant: string | null): number | null {
  const digits = /^v(\d+)/.exec(variant ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

function* wantsNewerArm(file: OpenedFile, elf: OpenedElf, context: ExecContext): TreeProgram<Suspicion | null> {
  const has = armLevel(context.host.variant);
  if (file.path === null || has === null || elf.main.header.machine !== EM_ARM) return null;
  const needs = yield* armLevelNeeded(file.path, file.size);
  if (needs === null || needs <= has) return null;
  const because = `${file.name} is built for ARMv${needs}, the host's processor is ARMv${has}: it will meet an instruction that is not there.`;
  return { fault: 'cpu-level', culprit: file.name, because };
}

/** A carriage return at the end of a #! line that has an argument: the interpreter is found, and gets it. */
function carriageReturn(script: ScriptStep | null): Suspicion | null {
  if (!script?.argument?.endsWith('\r')) return null;
  const because = `The #! line of ${script.file.name} ends with CR LF, so ${script.interpreter} is given ${JSON.stringify(script.argument)}, which it will not know.`;
  return { fault: 'script-crlf', culprit: script.file.name, because };
}

/** What is wrong with a program that gets control all the same, and may well end it later; null when nothing is. */
export function* suspicionOf(
  file: OpenedFile,
  elf: OpenedElf | null,
  script: ScriptStep | null,
  context: ExecContext,
): TreeProgram<Suspicion | null> {
  const line = carriageReturn(script);
  if (line || !elf) return line;
  const cut = isCutOff(elf.main) ? file : elf.loader && isCutOff(elf.loader.image) ? elf.loader.file : null;
  if (cut) {
    const because = `${cut.name} ends before its segments do: it will crash when it reaches what is missing.`;
    return { fault: 'truncated-binary', culprit: cut.name, because };
  }
  return yield* wantsNewerArm(file, elf, context);
}
