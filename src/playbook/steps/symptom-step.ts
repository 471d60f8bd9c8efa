import { commandsFor } from '../commands.ts';
import type { InstanceFacts } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import type { Place } from '../place.ts';
import { readSymptom, type Symptom } from '../symptom.ts';
import { type InstanceStep, probeFailed, type StepPart } from './step.ts';

/** How it fails: state, exit status, and the last words in the log. */
export const symptomStep: InstanceStep = {
  id: 'symptom',
  title: 'How it fails',
  needs: ['instance', 'log'],
  explain,
};

const SHOWN_LINES = 5;

function explain({ place, cli, at, instance, log }: InstanceEvidence): StepPart {
  if (instance.kind === 'probe-failed') return { status: 'skipped', findings: [] };
  const symptom = readSymptom(instance.value, log.kind === 'known' ? log.value : null, at);
  return {
    status: symptom.kind === 'running' ? 'ok' : symptom.kind === 'unknown' ? 'unknown' : 'problem',
    findings: [
      explainState(cli, place, instance.value, symptom.kind === 'running'),
      explainLog(cli, place, log, symptom),
    ],
  };
}

function explainState(cli: string, place: Place, { state }: InstanceFacts, running: boolean): Finding {
  const { status, exitCode, restartCount, error, oomKilled } = state;
  const exit = status === 'running' ? '' : `, exit ${exitCode ?? 'unknown'}`;
  const looping = restartCount > 0 ? 'It is started over and over and ends each time.' : 'It does not run.';
  return {
    check: 'State',
    command: commandsFor(place, cli).state,
    observed: `${status}${exit}, restarted ${restartCount} times${oomKilled ? ', out of memory' : ''}${error ? `; ${error}` : ''}`,
    meaning: running ? 'It runs.' : looping,
    decision: running
      ? 'Nothing to do for this instance.'
      : 'Exit status 1 alone could mean many things: read the last words.',
    where: place,
  };
}

function explainLog(cli: string, place: Place, log: InstanceEvidence['log'], { errno, quote }: Symptom): Finding {
  const command = commandsFor(place, cli).log(SHOWN_LINES);
  if (log.kind === 'probe-failed') return probeFailed('Last log lines', command, log.why, place);
  const lines = log.value.lines.slice(-SHOWN_LINES);
  return {
    check: 'Last log lines',
    command,
    observed: lines.length > 0 ? lines.join('\n') : 'none',
    meaning: errno
      ? `The runtime itself reports ${errno}: “${quote}”.`
      : lines.length > 0
        ? 'The runtime reports no refusal; these are the program’s own words.'
        : 'It never wrote a line.',
    decision: errno
      ? 'The errno decides which causes are possible at all.'
      : 'Without the runtime’s word the file decides.',
    where: place,
  };
}
