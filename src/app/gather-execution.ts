import { decodeText } from '../kernel/bytes.ts';
import { type FileTree, readAt, runOverRemote, type TreeProgram } from '../kernel/file-tree.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { ROOT } from '../kernel/permissions.ts';
import { resolvePath } from '../kernel/resolve-path.ts';
import { type Answer, answerOf, failed } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts, LogTail } from '../playbook/evidence.ts';
import { FOREIGN_FILE } from '../playbook/fault-of.ts';
import { innerCommand } from '../playbook/inner-command.ts';
import type { Alternative, ExecutionEvidence, InnerExecution } from '../playbook/instance-evidence.ts';
import { assumptionsFor } from '../playbook/judge/assumptions.ts';
import { reproduces } from '../playbook/judge/reproduces.ts';
import { mountedTree } from '../playbook/mounted-tree.ts';
import type { Place } from '../playbook/place.ts';
import { readSymptom } from '../playbook/symptom.ts';
import type { Estate } from '../ports/estate.ts';
import { predictStart } from './predict-start.ts';

/** What is needed to ask the kernel model about an instance's own files. */
export interface Execution {
  readonly estate: Estate;
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly host: Promise<Answer<HostFacts>>;
  readonly instance: Promise<Answer<InstanceFacts>>;
  readonly log: Promise<Answer<LogTail>>;
  /** When it is looked at. */
  readonly at: Date;
}

/**
 * What the kernel model says of the instance's own files, as its process sees them. Where that does not lead to what was seen, also
 * what it says if the host has something that its engine does not tell.
 */
export async function gatherExecution(of: Execution): Promise<Answer<ExecutionEvidence>> {
  const [host, instance] = [await of.host, await of.instance];
  if (host.kind === 'probe-failed') return host;
  if (instance.kind === 'probe-failed') return instance;
  if (instance.value.argvUnknown) return { kind: 'probe-failed', why: instance.value.argvUnknown };
  if (instance.value.argv.length === 0) {
    return failed('invalid', of.place.container, 'there is neither an entrypoint nor a command');
  }
  const tree = mountedTree(of.estate.files(of.place, of.signal), instance.value.mounts);
  return answerOf(async () => {
    const outcome = await predictStart(tree, host.value, instance.value);
    const log = await of.log;
    const symptom = readSymptom(instance.value, log.kind === 'known' ? log.value : null, of.at);
    const fits = reproduces(outcome, symptom, instance.value) !== 'no' && !FOREIGN_FILE.has(outcome.fault);
    const alternatives = fits ? [] : await tryAssumptions(tree, host.value, instance.value);
    const runs = outcome.outcome === 'runs' && symptom.kind === 'ended';
    const inner = runs ? await tryInner(tree, host.value, instance.value, outcome) : null;
    return { outcome, readFrom: of.estate.filesFrom, alternatives, inner };
  });
}

/** Longer scripts are read as far as this. */
const SCRIPT_MAX = 64 * 1024;

async function tryInner(
  tree: FileTree,
  host: HostFacts,
  instance: InstanceFacts,
  outcome: Outcome,
): Promise<InnerExecution | null> {
  const script = await runOverRemote(tree, scriptText(outcome.chain[0] ?? '', instance.workingDir || '/'));
  const inner = innerCommand(instance.argv, script);
  if (!inner) return null;
  return { by: inner.by, outcome: await predictStart(tree, host, { ...instance, argv: inner.argv }) };
}

/** The text of a file that begins with `#!`; null of everything else. */
function* scriptText(name: string, cwd: string): TreeProgram<string | null> {
  const found = yield* resolvePath(name, cwd, ROOT);
  if (!found.found || found.entry.kind !== 'file') return null;
  const bytes = yield* readAt(found.path, 0, Math.min(found.entry.size, SCRIPT_MAX));
  const text = decodeText(bytes);
  return text.startsWith('#!') ? text : null;
}

async function tryAssumptions(
  tree: FileTree,
  host: HostFacts,
  instance: InstanceFacts,
): Promise<readonly Alternative[]> {
  const alternatives: Alternative[] = [];
  for (const { id, words, host: kernel } of assumptionsFor(host.kernel)) {
    alternatives.push({ assumption: id, words, outcome: await predictStart(tree, { ...host, kernel }, instance) });
  }
  return alternatives;
}
