import { describe, expect, it } from 'vitest';
import { spansOf } from '../../../src/app/watching/spans-of.ts';
import type { RunEvent, RunFact } from '../../../src/run/events.ts';
import { plan, responder, step } from '../../run/sample-run.ts';

const approvals = { policy: 'p', approvers: [], required: 1, allowSelf: true };
const conversation = { chat: 'slack', id: 'T/C' } as const;
const begin = Date.parse('2026-11-21T09:00:00.000Z');

/** Events a second apart. */
const run = (...facts: RunFact[]): RunEvent[] =>
  facts.map((fact, index) => ({
    ...{ run: 'r-test', seq: index + 1, key: String(index), fact },
    at: new Date(begin + index * 1_000).toISOString(),
  }));

const phase = (state: 'begun' | 'done' | 'failed', detail = ''): RunFact => ({
  ...{ type: 'action-phase', plan: plan.id, phase: 'pull', title: 'pulling', state, detail },
});

const ALL = run(
  { type: 'opened', target: 'pdf-renderer', on: null, by: responder, conversation, practice: false },
  { type: 'located', places: [plan.where], practice: false },
  { type: 'step-finished', step: step('host') },
  { type: 'failed', message: 'it broke down' },
  { type: 'closed' },
  { type: 'action-proposed', plan, approvals },
  { type: 'action-started', plan: plan.id },
  phase('begun'),
  phase('failed', 'the registry does not answer'),
  { type: 'action-finished', plan: plan.id, outcome: 'restored', detail: 'put back', impact: [], sinceOpenedMs: 1 },
);

const spans = ALL.flatMap((event, index) => spansOf(event, ALL.slice(0, index + 1)));
const times = (key: string) => {
  const span = spans.find((one) => one.key === key);
  return span && [(span.from - begin) / 1_000, (span.to - begin) / 1_000, span.parent, span.failure];
};

describe('the spans of a run', () => {
  it('begin and end with its events, each below what it is part of', () => {
    expect(times('locate')).toEqual([0, 1, 'run', null]);
    expect(times('step:host')).toEqual([1, 2, 'run', null]);
    expect(times('run')).toEqual([0, 4, null, 'it broke down']);
    expect(times(`approval:${plan.id}`)).toEqual([5, 6, 'run', null]);
    expect(times(`phase:${plan.id}:pull`)).toEqual([7, 8, `action:${plan.id}`, 'the registry does not answer']);
    expect(times(`action:${plan.id}`)).toEqual([6, 9, 'run', 'put back']);
    expect(spans).toHaveLength(6);
  });

  it('have names of which there are few, and say what they are about beside', () => {
    expect(spans.map(({ name }) => name)).toEqual([
      ...['locate', 'step host', 'run', 'approval', 'phase pull', 'action rollback-to-digest'],
    ]);
    expect(spans.find(({ key }) => key === 'run')?.attributes).toMatchObject({
      ...{ 'execfmt.target': 'pdf-renderer', 'execfmt.chat': 'slack', 'execfmt.practice': false },
    });
  });

  it('are none when the beginning of the run is not known', () => {
    const [, located] = ALL;
    expect(located && spansOf(located, [located])).toEqual([]);
  });
});
