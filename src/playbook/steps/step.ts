import type { ProbeFailure } from '../answer.ts';
import type { Finding, StepId, StepStatus } from '../finding.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import type { Place } from '../place.ts';

/** One step's findings for one instance. */
export interface StepPart {
  readonly status: StepStatus;
  readonly findings: readonly Finding[];
}

/** A step of the playbook: what it needs to know of an instance, and how it explains that. */
export interface InstanceStep {
  readonly id: StepId;
  readonly title: string;
  /** Waited for before the step is told. */
  readonly needs: readonly (keyof InstanceEvidence)[];
  explain(evidence: InstanceEvidence): StepPart;
}

const GRAVITY: Readonly<Record<StepStatus, number>> = { skipped: 0, ok: 1, unknown: 2, problem: 3 };

/** The status of a step over all its parts: a problem anywhere is a problem. */
export function worstStatus(parts: readonly { status: StepStatus }[]): StepStatus {
  return parts.reduce<StepStatus>(
    (worst, { status }) => (GRAVITY[status] > GRAVITY[worst] ? status : worst),
    'skipped',
  );
}

/** A probe that failed, as a finding: what was asked, what became of it, and that the run goes on without it. */
export function probeFailed(check: string, command: string, why: ProbeFailure, where: Place): Finding {
  return {
    check,
    command,
    observed: `${why.target}: ${why.message}`,
    meaning: `${check} is unknown (${why.code}).`,
    decision: 'Going on without it; what depends on it is said with less confidence.',
    where,
  };
}
