import { type ExposedSample, parseSeries } from './parse-exposition.ts';

/**
 * The sum of the samples that a selector fits: those of its name that have all its labels. Null when there is none, or
 * when the sum is no finite number; undefined when the selector cannot be read.
 */
export function sumSeries(samples: readonly ExposedSample[], selector: string): number | null | undefined {
  const wanted = parseSeries(selector);
  if (wanted === null) return undefined;
  const fitting = samples.filter(
    (sample) =>
      sample.name === wanted.name && [...wanted.labels].every(([label, value]) => sample.labels.get(label) === value),
  );
  const sum = fitting.reduce((total, sample) => total + sample.value, 0);
  return fitting.length === 0 || !Number.isFinite(sum) ? null : sum;
}
