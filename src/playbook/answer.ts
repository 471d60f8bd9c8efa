/** Why the outside world could not be asked. Told apart by status or code, never by the text of a message. */
export type ProbeFailureCode =
  | 'unreachable'
  | 'timeout'
  | 'denied'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'rate-limited'
  | 'unsupported'
  | 'invalid';

/** A probe that failed is evidence too: what was asked, and what became of it, in words a tired person understands. */
export interface ProbeFailure {
  readonly code: ProbeFailureCode;
  /** What did not answer: `engine render-01`, `registry.corp.io`. */
  readonly target: string;
  /** What happened and what to do next, one or two sentences, no secrets. */
  readonly message: string;
}

/** What a port gives back: a value, or why there is none. Ports reject only for defects. */
export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'probe-failed'; readonly why: ProbeFailure };

export function known<T>(value: T): Answer<T> {
  return { kind: 'known', value };
}

export function failed(code: ProbeFailureCode, target: string, message: string): Answer<never> {
  return { kind: 'probe-failed', why: { code, target, message } };
}

/** The one error that adapters throw inside themselves and trees reject with; turned into a `probe-failed` at the port. */
export class ProbeError extends Error {
  readonly why: ProbeFailure;
  constructor(why: ProbeFailure, options?: ErrorOptions) {
    super(`${why.target}: ${why.message}`, options);
    this.name = 'ProbeError';
    this.why = why;
  }
}

/** Runs `work` and turns a ProbeError into its answer; every other error goes on as what it is: a defect. */
export async function answerOf<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return known(await work());
  } catch (error) {
    if (error instanceof ProbeError) return { kind: 'probe-failed', why: error.why };
    throw error;
  }
}

/** The error that an adapter throws inside itself, in one call. `target` is what did not do what was asked, by its name. */
export function problem(code: ProbeFailureCode, target: string, message: string, cause?: unknown): ProbeError {
  return new ProbeError({ code, target, message }, cause === undefined ? undefined : { cause });
}
