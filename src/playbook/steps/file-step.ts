import type { Outcome } from '../../kernel/outcome.ts';
import { commandsFor } from '../commands.ts';
import type { Finding } from '../finding.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { explainPool } from './pool-finding.ts';
import { type InstanceStep, probeFailed, type StepPart } from './step.ts';

/** Step 4: the file that fails to execute, and why, by the kernel model over the actual bytes. */
export const fileStep: InstanceStep = {
  id: 'file',
  title: 'The file that is executed',
  needs: ['host', 'instance', 'execution', 'pool'],
  explain,
};

function explain(evidence: InstanceEvidence): StepPart {
  const { status, findings } = explainFile(evidence);
  return status === 'skipped' ? { status, findings } : { status, findings: [...findings, ...explainPool(evidence)] };
}

function explainFile({ place, cli, instance, execution }: InstanceEvidence): StepPart {
  if (instance.kind === 'probe-failed') return { status: 'skipped', findings: [] };
  const commands = commandsFor(place, cli);
  const reference = instance.value.imageReference;
  const argv = instance.value.argv;
  const entrypoint: Finding = {
    check: 'Entrypoint and command',
    command: commands.argv,
    observed: argv.length > 0 ? argv.join(' ') : 'none',
    meaning:
      argv.length > 0
        ? `${argv[0]} is the first file that is executed.`
        : 'Neither the image nor the container says what to execute.',
    decision:
      argv.length > 0
        ? 'Look at that file, and at what it needs.'
        : 'Give the image an entrypoint or the container a command.',
    where: place,
  };
  if (execution.kind === 'probe-failed') {
    const command = commands.file(argv[0] ?? '/', reference);
    return { status: 'unknown', findings: [entrypoint, probeFailed('Executed file', command, execution.why, place)] };
  }
  const { outcome, readFrom } = execution.value;
  const file = outcome.culprit ?? argv[0] ?? '/';
  return {
    status: outcome.outcome === 'runs' ? 'ok' : 'problem',
    findings: [
      entrypoint,
      {
        check: 'Executed file',
        command: commands.file(file, reference),
        observed: `${file}: ${outcome.culpritIs ?? 'not looked at'}${readFrom === 'registry' ? ' (read from the registry)' : ''}`,
        meaning: outcome.because,
        decision: decide(outcome, file),
        where: place,
      },
    ],
  };
}

function decide(outcome: Outcome, file: string): string {
  if (outcome.outcome === 'runs')
    return 'The kernel accepts it: if the container still fails, the cause is of another kind.';
  return `This is what the kernel refuses (${outcome.outcome}): ${file} has to be replaced, not the entrypoint changed.`;
}
