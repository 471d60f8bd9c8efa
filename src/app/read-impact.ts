import { type Answer, failed, known } from '../playbook/answer.ts';
import type { ImpactReading, Sample } from '../playbook/evidence.ts';
import type { ImpactProbe } from '../playbook/steps/impact-step.ts';
import type { Deps, ImpactSeries, Service } from './deps.ts';

/** Reads every configured number of a service now. A source that does not answer is told as such. */
export async function readImpact(
  deps: Pick<Deps, 'metrics'>,
  service: Service | null,
  signal: AbortSignal,
): Promise<readonly ImpactProbe[]> {
  return Promise.all((service?.impact ?? []).map((series) => readOne(deps, series, signal)));
}

/** The values that could be read. */
export function readingsOf(probes: readonly ImpactProbe[]): readonly ImpactReading[] {
  return probes.flatMap(({ reading }) => (reading.kind === 'known' ? [reading.value] : []));
}

async function readOne(
  { metrics }: Pick<Deps, 'metrics'>,
  impact: ImpactSeries,
  signal: AbortSignal,
): Promise<ImpactProbe> {
  const { name, series } = impact;
  const source = metrics.get(impact.source);
  if (!source) {
    return {
      name,
      command: 'execfmt config check',
      reading: failed('not-found', impact.source, 'no such metrics source is configured'),
    };
  }
  const reading = toReading(impact, await source.read([series], signal));
  return { name, command: source.command(series), reading };
}

function toReading(
  { name, source, series, recovers, unit }: ImpactSeries,
  answer: Answer<readonly Sample[]>,
): Answer<ImpactReading> {
  if (answer.kind === 'probe-failed') return answer;
  const sample = answer.value.find((candidate) => candidate.series === series);
  return sample ? known({ ...sample, name, recovers, unit }) : failed('not-found', source, `no answer for ${series}`);
}
