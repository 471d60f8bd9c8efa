/** Something that took time and is over. Names come out of a run and its keys, so whoever tells it twice tells the same span. */
export interface Span {
  /** The run, whose spans are one trace. */
  readonly run: string;
  /** Unique within the run; `run` is the root. */
  readonly key: string;
  /** The key of the span that it is part of; null for the root. */
  readonly parent: string | null;
  /** Few different ones: `step host`, `probe docker inspect`. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed; null when it did not. Without secrets. */
  readonly failure: string | null;
}

/** Takes spans and hands them on in its own time. Never throws. */
export interface Tracer {
  record(span: Span): void;
  /** Hands on what is left, as far as that takes no more than a few seconds. Never rejects. */
  stop(): Promise<void>;
}

/** Keeps nothing. */
export const noTracer: Tracer = { record: () => {}, stop: async () => {} };
