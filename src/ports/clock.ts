/** Time and names come in through ports, so that the core stays pure and tests decide. */
export interface Clock {
  now(): Date;
  /** Milliseconds from a fixed point, never going back. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms`, or when `parent` does. */
  deadline(ms: number, parent?: AbortSignal): AbortSignal;
  /** A signal that aborts when its end is called. */
  lifetime(): { readonly signal: AbortSignal; end(): void };
}

export interface Ids {
  /** `r-7k2m9x`: short enough to say aloud, unique for ever. */
  run(): string;
  /** For plans and swaps; safe in a container name. */
  plan(): string;
  /** Lower-case hexadecimal SHA-256 of a text. */
  sha256(text: string): string;
}
