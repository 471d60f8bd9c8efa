import type { ProbeFailure } from './answer.ts';
import { findCommand } from './commands.ts';
import type { Finding } from './finding.ts';
import type { Place } from './place.ts';
import type { StepPart } from './steps/step.ts';
import type { Verdict } from './verdict.ts';

/** A host or cluster where a target was looked for in vain, or that could not be asked. */
export interface Absence {
  readonly estate: string;
  readonly name: string;
  readonly kind: Place['kind'];
  /** How a person reaches it on the command line. */
  readonly cli: string;
  readonly why: ProbeFailure;
}

/** What was not found or did not answer, as findings of the first step. */
export function explainAbsence(absent: readonly Absence[]): StepPart {
  return {
    status: 'unknown',
    findings: absent.map(
      ({ estate, name, kind, cli, why }): Finding => ({
        check: `Looking for ${name} on ${estate}`,
        command: findCommand(kind, cli, name),
        observed: `${why.target}: ${why.message}`,
        meaning:
          why.code === 'not-found'
            ? 'There is nothing to look at there.'
            : `What ${estate} runs is unknown (${why.code}).`,
        decision:
          why.code === 'not-found'
            ? 'Deploy it, or correct the name in the configuration.'
            : 'See to that host, then run again.',
      }),
    ),
  };
}

/** A place that could not be looked at makes a run inconclusive, unless another place is worse. */
export function judgeAbsence({ estate, name, why }: Absence): Verdict {
  return {
    outcome: 'inconclusive',
    fault: null,
    culprit: null,
    errno: null,
    confidence: 'possible',
    origin: { kind: 'unknown', confidence: 'possible', because: 'nothing could be gathered there' },
    summary: `${name} on ${estate} could not be looked at: ${why.message}`,
  };
}
