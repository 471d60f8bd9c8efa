/** The labels of one number: few, and each with few values. */
export type MeterLabels = Readonly<Record<string, string>>;

/** What a number is called (Prometheus' conventions: a unit and `_total` at its end) and what it says. */
export interface MeterName {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Numbers about the program itself, for whoever collects them. No call rejects or throws, whatever becomes of the numbers. */
export interface Meter {
  /** Gives the function that counts one more. */
  counter(of: MeterName): (labels: MeterLabels) => void;
  /** Gives the function that notes one value, in seconds; `upTo` are the upper bounds of its buckets. */
  histogram(of: MeterName, upTo: readonly number[]): (labels: MeterLabels, seconds: number) => void;
  /** `read` is asked whenever the numbers are collected. */
  gauge(of: MeterName, read: () => readonly { readonly labels: MeterLabels; readonly value: number }[]): void;
}

/** Keeps nothing. */
export const noMeter: Meter = { counter: () => () => {}, histogram: () => () => {}, gauge: () => {} };
