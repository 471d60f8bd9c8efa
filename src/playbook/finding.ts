import type { Place } from './place.ts';

export const STEP_IDS = ['host', 'image', 'tag', 'file', 'symptom', 'change', 'impact', 'decision'] as const;
export type StepId = (typeof STEP_IDS)[number];
export type StepStatus = 'ok' | 'problem' | 'unknown' | 'skipped';

/** One observed fact: the check, the command a person would type, what was observed, what it means, what to do. */
export interface Finding {
  readonly check: string;
  readonly command: string;
  readonly observed: string;
  readonly meaning: string;
  readonly decision: string;
  readonly where?: Place;
}

/** One step of the playbook. */
export interface Step {
  readonly id: StepId;
  readonly title: string;
  readonly status: StepStatus;
  readonly elapsedMs: number;
  readonly findings: readonly Finding[];
}
