import { describe, expect, it } from 'vitest';
import type { RunFact } from '../../src/run/events.ts';
import { foldRun, isPending } from '../../src/run/run-state.ts';
import { approvals, approver, eventsOf, opened, plan, reached, responder, step } from './sample-run.ts';

const proposed: RunFact = { type: 'action-proposed', plan, approvals };
const only = (facts: RunFact[]) => foldRun(eventsOf(opened, reached, proposed, ...facts))?.actions[0];

describe('foldRun', () => {
  it('is null without an opening event', () => {
    expect(foldRun([])).toBeNull();
    expect(foldRun(eventsOf(reached))).toBeNull();
  });

  it('keeps steps in the order they were told', () => {
    const state = foldRun(
      eventsOf(opened, { type: 'step-finished', step: step('host') }, { type: 'step-finished', step: step('image') }),
    );
    expect(state?.steps.map((one) => one.step.id)).toEqual(['host', 'image']);
    expect(state?.seq).toBe(3);
  });

  it('has an action wait until it is started, declined or expired', () => {
    const pending = (facts: RunFact[]) => {
      const action = only(facts);
      return action && isPending(action);
    };
    expect(pending([])).toBe(true);
    expect(pending([{ type: 'action-approved', plan: 'p1', by: approver, given: 1, required: 1 }])).toBe(true);
    expect(pending([{ type: 'action-started', plan: 'p1' }])).toBe(false);
    expect(pending([{ type: 'action-declined', plan: 'p1', by: responder }])).toBe(false);
    expect(pending([{ type: 'action-expired', plan: 'p1' }])).toBe(false);
  });

  it('shows a phase once, in its latest state', () => {
    const phase = { type: 'action-phase', plan: 'p1', phase: 'pull', title: 'pulling the image' } as const;
    const action = only([
      { ...phase, state: 'begun', detail: '' },
      { ...phase, state: 'done', detail: 'pulled' },
    ]);
    expect(action?.phases.map(({ state, detail }) => [state, detail])).toEqual([['done', 'pulled']]);
  });

  it('leaves an action alone that a fact does not name', () => {
    expect(only([{ type: 'action-started', plan: 'another' }])?.started).toBe(false);
  });
});
