import type { Answer } from '../answer.ts';
import type { ImpactReading } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { StepPart } from './step.ts';

/** What one configured series told, with the command that shows the same. */
export interface ImpactProbe {
  readonly name: string;
  readonly command: string;
  readonly reading: Answer<ImpactReading>;
}

/** What it costs while it is down: queue depth, oldest job. That an application tells nothing is a finding too. */
export function explainImpact(probes: readonly ImpactProbe[]): StepPart {
  if (probes.length === 0) {
    return {
      status: 'skipped',
      findings: [
        {
          check: 'Impact',
          command: 'execfmt config check',
          observed: 'no metrics are configured for this target',
          meaning: 'Who waits for this service, and for how long, is unknown.',
          decision: 'Name its queue under `services.<name>.impact` so that the next run can say.',
        },
      ],
    };
  }
  const findings = probes.map(explainProbe);
  const told = probes.some(({ reading }) => reading.kind === 'known' && reading.value.value !== null);
  return { status: told ? 'problem' : 'unknown', findings };
}

function explainProbe({ name, command, reading }: ImpactProbe): Finding {
  if (reading.kind === 'probe-failed') {
    return {
      check: name,
      command,
      observed: `${reading.why.target}: ${reading.why.message}`,
      meaning: 'The source of this number did not answer.',
      decision: 'Going on without it.',
    };
  }
  if (reading.value.value === null) {
    return {
      check: name,
      command,
      observed: `no series ${reading.value.series}`,
      meaning: 'No metrics from the application itself: it is not there to report them. The absence is the signal.',
      decision: 'Judge the impact by what its surroundings report.',
    };
  }
  return {
    check: name,
    command,
    observed: formatReading(reading.value),
    meaning: reading.value.value > 0 ? 'Work is waiting for this service.' : 'Nothing is waiting.',
    decision: reading.value.recovers
      ? `After the fix this has to be ${reading.value.recovers}.`
      : 'Compare after the fix.',
  };
}

/** `1,847`, `2 h 0 min` for seconds; `no value` when there is none. */
export function formatReading({ value, unit }: ImpactReading): string {
  if (value === null) return 'no value';
  if (unit !== 'seconds') return `${formatNumber(value)}${unit ? ` ${unit}` : ''}`;
  const minutes = Math.floor(value / 60);
  if (minutes < 1) return `${formatNumber(Math.round(value))} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function formatNumber(value: number): string {
  const [whole = '0', fraction] = String(Math.round(value * 100) / 100).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction ? `${grouped}.${fraction}` : grouped;
}
