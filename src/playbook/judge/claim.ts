import type { FaultCode, Outcome } from '../../kernel/outcome.ts';
import type { Confidence } from '../verdict.ts';

/** What one way of looking at the evidence says of a failure, before the origin is looked for. */
export interface Claim {
  readonly fault: FaultCode;
  readonly culprit: string | null;
  /** Its name; null where the kernel refused nothing. */
  readonly errno: string | null;
  readonly confidence: Confidence;
  readonly because: string;
}

/** The claim that a prediction makes. */
export function claimOf(outcome: Outcome, confidence: Confidence, because = outcome.because): Claim {
  const { fault, culprit } = outcome;
  return { fault, culprit, errno: outcome.errno === null ? null : outcome.outcome, confidence, because };
}
