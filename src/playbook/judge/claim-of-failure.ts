import type { Outcome } from '../../kernel/outcome.ts';
import type { InstanceFacts, LogTail } from '../evidence.ts';
import type { ExecutionEvidence, InstanceEvidence } from '../instance-evidence.ts';
import { mountAt } from '../mounted-tree.ts';
import { quote } from '../quote.ts';
import type { Symptom } from '../symptom.ts';
import { type Claim, claimOf } from './claim.ts';
import { describeOtherFailure } from './other-failure.ts';
import { readProgramWords } from './program-words.ts';
import { reproduces } from './reproduces.ts';

/** What is asked of each way of looking at it. */
interface Case {
  readonly evidence: InstanceEvidence;
  readonly instance: InstanceFacts;
  readonly log: LogTail | null;
  readonly symptom: Symptom;
  readonly execution: ExecutionEvidence;
}

/** Statuses of signals that an unfit processor, page size or file leaves: SIGILL, SIGBUS, SIGSEGV. */
const CRASHES = [132, 135, 139];

/** The model leads to just what was seen: nothing else needs to be asked. */
function reproduced({ execution, symptom, instance }: Case): Claim | null {
  const { outcome } = execution;
  return reproduces(outcome, symptom, instance) === 'yes' ? claimOf(outcome, 'proved') : null;
}

/** It does so under something that the engine does not tell of the host. */
function reproducedIf({ execution, symptom, instance }: Case): Claim | null {
  if (reproduces(execution.outcome, symptom, instance) !== 'no') return null;
  const fitting = execution.alternatives.find(({ outcome }) => reproduces(outcome, symptom, instance) === 'yes');
  if (!fitting) return null;
  const { outcome, words } = fitting;
  const emulation = fitting.assumption === 'emulator-without-f' && outcome.errno !== null;
  const because = `${outcome.because} That is what is seen when the host ${words}.`;
  return { ...claimOf(outcome, 'likely', because), ...(emulation && { fault: 'emulation-missing' as const }) };
}

/** A loader, an emulator or a runtime says itself what stops it. */
function saidByProgram({ log, symptom }: Case): Claim | null {
  if (symptom.errno !== null) return null;
  const words = readProgramWords(log);
  if (!words) return null;
  const because = `The program’s own last words say it: ${quote(words.quote, SHOWN)}.`;
  return { fault: words.fault, culprit: words.culprit, errno: null, confidence: 'likely', because };
}

/** The model refuses it, and nothing that was seen speaks against that. */
function predicted({ execution, symptom, instance }: Case): Claim | null {
  const { outcome } = execution;
  if (outcome.outcome === 'runs' || reproduces(outcome, symptom, instance) !== 'not-against') return null;
  return claimOf(outcome, 'likely');
}

/** Permission was refused although every bit of the files allows it: a mount, or a policy. */
function forbidden({ symptom, execution, instance }: Case): Claim | null {
  const { errno } = symptom;
  if (execution.outcome.outcome !== 'runs' || (errno !== 'EACCES' && errno !== 'EPERM')) return null;
  const file = execution.outcome.chain[0] ?? instance.argv[0] ?? '';
  const mount = execution.outcome.chain.map((name) => mountAt(instance.mounts, name)).find((found) => found !== null);
  if (errno === 'EACCES' && mount) {
    const because = `${file} may be executed by its mode, but it lies on the ${mount.kind} mount at ${mount.destination}: the file system there must be mounted with noexec.`;
    return { fault: 'noexec-mount', culprit: file, errno, confidence: 'likely', because };
  }
  const profiles = Object.entries(instance.security).flatMap(([name, profile]) =>
    profile ? `${name} ${profile}` : [],
  );
  const by = profiles.length > 0 ? ` (${profiles.join(', ')})` : '';
  const because = `${file} may be executed by its mode, and yet the runtime reports ${errno}: a security policy of the host refuses it${by}.`;
  const confidence = errno === 'EPERM' || profiles.length > 0 ? 'likely' : 'possible';
  return { fault: 'security-policy', culprit: file, errno, confidence, because };
}

/** Engines begin with who was told by whom, and end with what it is about. */
const SHOWN = 500;
const abridged = (text: string) =>
  text.length <= SHOWN ? text : `${text.slice(0, SHOWN / 2)} … ${text.slice(-SHOWN / 2)}`;

/** The engine refused to start it, in words that are no errno of execve(2): a user, a mount, a device. */
export function claimOfEngine(instance: InstanceFacts, symptom: Symptom): Claim | null {
  if (symptom.kind !== 'not-started' || instance.state.error === '') return null;
  const because = `This is no exec format error: the engine refuses to start it: ${quote(abridged(instance.state.error), SHOWN + 3)}.`;
  return { fault: 'not-exec-format', culprit: null, errno: null, confidence: 'likely', because };
}

/** What a shell does with a program that the kernel refuses: dash and bash say 126, 127 or 2; an empty file ends well. */
const AFTER_SHELL: readonly number[] = [0, 1, 2, 126, 127];

/** The shell or script runs, and what it executes would be refused. */
function refusedInside({ execution, symptom, instance }: Case): Claim | null {
  const { inner } = execution;
  const { exitCode } = instance.state;
  if (!inner || symptom.kind !== 'ended' || inner.outcome.outcome === 'runs' || exitCode === null) return null;
  const fits = inner.outcome.exit === null ? AFTER_SHELL.includes(exitCode) : inner.outcome.exit === exitCode;
  if (!fits || (exitCode === 0 && inner.outcome.fault !== 'empty-file')) return null;
  const because = `${inner.by} runs, and executes ${inner.outcome.culprit ?? 'its program'}: ${inner.outcome.because}`;
  return { ...claimOf(inner.outcome, 'likely', because), errno: null };
}

/** The kernel starts it, and it dies of what the file was already suspected of. */
function suspected({ execution, symptom, instance }: Case): Claim | null {
  const { outcome } = execution;
  const crashed = symptom.kind === 'ended' && CRASHES.includes(instance.state.exitCode ?? 0);
  const { suspicion } = outcome;
  if (!suspicion || !(crashed || suspicion.fault === 'script-crlf')) return null;
  return { ...suspicion, errno: null, confidence: 'likely' };
}

/** Files and runtime contradict each other: the files as they are now would end in another way. */
function contradicted({ execution, symptom }: Case): Claim | null {
  const { outcome } = execution;
  if (outcome.outcome === 'runs' || symptom.errno === null) return null;
  const because = `${outcome.because} But the runtime reports ${symptom.errno}.`;
  return { ...claimOf(outcome, 'possible', because), errno: symptom.errno };
}

/** The program was executed and ended by itself: a failure of another kind, which is named. */
function endedByItself({ execution, symptom, instance, log }: Case): Claim | null {
  if (symptom.kind !== 'ended') return null;
  const executed: Outcome = execution.outcome;
  const because =
    executed.outcome === 'runs'
      ? `This is no exec format error: the kernel executes its files; ${describeOtherFailure(instance, log)}.`
      : `${executed.because} But that does not lead to what is seen: ${describeOtherFailure(instance, log)}.`;
  return { fault: 'not-exec-format', culprit: null, errno: null, confidence: 'likely', because };
}

/** The ways of looking at a failure, the surest first; null when none explains it. */
export function claimOfFailure(
  evidence: InstanceEvidence,
  instance: InstanceFacts,
  symptom: Symptom,
  execution: ExecutionEvidence,
): Claim | null {
  const log = evidence.log.kind === 'known' ? evidence.log.value : null;
  const one: Case = { evidence, instance, log, symptom, execution };
  const ways = [
    reproduced,
    reproducedIf,
    ({ instance, symptom }: Case) => claimOfEngine(instance, symptom),
    saidByProgram,
    predicted,
    forbidden,
    suspected,
    refusedInside,
    contradicted,
    endedByItself,
  ];
  for (const way of ways) {
    const claim = way(one);
    if (claim) return claim;
  }
  return null;
}
