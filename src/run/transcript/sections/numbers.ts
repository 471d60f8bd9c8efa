import type { ImpactReading } from '../../../playbook/evidence.ts';
import { formatReading } from '../../../playbook/steps/impact-step.ts';
import { type Section, table, text } from '../document.ts';
import { formatUtc, type Subject } from '../subject.ts';

/** What the outage cost, in numbers: before, at the end of the last action, and as they were read last. */
export function numbersSection({ state, events }: Subject): Section {
  const before = state.verdict?.impact ?? [];
  const atEnd = state.actions.findLast(({ finished }) => finished !== null)?.finished?.impact ?? [];
  const later = events.flatMap(({ fact }) => (fact.type === 'impact-read' ? fact.impact : []));
  const all = [...before, ...later, ...atEnd];
  const series = [...new Map(all.map((reading) => [reading.name, reading])).values()];
  if (series.length === 0)
    return {
      id: 'numbers',
      title: 'Numbers',
      blocks: [text('No numbers are configured for this target, or none was read.')],
    };
  const rows = series.map(({ name, series: queried, recovers }) => [
    name,
    queried,
    recovers ?? 'not stated',
    tell(before.find((reading) => reading.name === name)),
    tell(atEnd.find((reading) => reading.name === name)),
    tell(newest(all.filter((reading) => reading.name === name))),
  ]);
  const columns = ['Number', 'Series', 'Recovers by', 'Before', 'At the end of the action', 'Last reading'];
  return { id: 'numbers', title: 'Numbers', blocks: [table('Numbers before and after', columns, rows)] };
}

function tell(reading: ImpactReading | undefined): string {
  return reading ? `${formatReading(reading)} (${formatUtc(reading.at)})` : 'not read';
}

function newest(readings: readonly ImpactReading[]): ImpactReading | undefined {
  return readings.reduce<ImpactReading | undefined>(
    (latest, reading) => (latest === undefined || reading.at >= latest.at ? reading : latest),
    undefined,
  );
}
