import type { ImpactReading } from '../../src/playbook/evidence.ts';
import type { RunFact } from '../../src/run/events.ts';
import { approvals, approver, opened, plan, reached, step } from './sample-run.ts';

const jobs = (value: number, at: string): ImpactReading => ({
  name: 'jobs waiting',
  series: 'pdf_queue_pending_jobs',
  value,
  at,
  recovers: 'falling',
  unit: null,
});

/** An incident from the command to the drained queue, with a refused press. */
export const recovered: readonly RunFact[] = [
  opened,
  { type: 'step-finished', step: step('host') },
  reached,
  { type: 'action-proposed', plan, approvals },
  {
    type: 'press-refused',
    plan: 'p1',
    by: { id: 'slack:U9', name: 'Mallory' },
    why: 'You are not among the approvers',
  },
  { type: 'action-approved', plan: 'p1', by: approver, given: 1, required: 1 },
  { type: 'action-started', plan: 'p1' },
  { type: 'action-phase', plan: 'p1', phase: 'pull', title: 'pulling the image', state: 'done', detail: 'pulled' },
  {
    type: 'action-finished',
    plan: 'p1',
    outcome: 'succeeded',
    detail: 'It runs.',
    impact: [jobs(40, '2026-11-21T09:00:08.000Z')],
    sinceOpenedMs: 8_000,
  },
  { type: 'impact-read', plan: 'p1', impact: [jobs(0, '2026-11-21T09:01:00.000Z')] },
];
