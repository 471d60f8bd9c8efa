import { expect, it } from 'vitest';
import { parseExposition } from '../../adapters/metrics/scrape/parse-exposition.ts';
import { sumSeries } from '../../adapters/metrics/scrape/sum-series.ts';
import { createPrometheusMeter } from '../../adapters/telemetry/prometheus/meter.ts';
import { createEventCounter } from '../../src/app/watching/count-events.ts';
import type { RunEvent, RunFact } from '../../src/run/events.ts';
import { approver, plan, responder, step } from '../run/sample-run.ts';

const approvals = { policy: 'p', approvers: [], required: 1, allowSelf: true };

/** Counts these facts, a second apart; gives the numbers. */
async function count(...facts: RunFact[]) {
  const meter = createPrometheusMeter('1.2.3');
  const counted = createEventCounter(meter);
  const history: RunEvent[] = [];
  facts.forEach((fact, index) => {
    const at = new Date(index * 1_000).toISOString();
    history.push({ run: 'r-test', seq: index + 1, key: String(index), at, fact });
    counted(history[index] as RunEvent, history);
  });
  const page = await meter.page();
  return { page, value: (series: string) => sumSeries(parseExposition(page), series) };
}

it('counts how actions end, also those that were never begun', async () => {
  const { value } = await count(
    { type: 'action-proposed', plan, approvals },
    { type: 'action-declined', plan: plan.id, by: approver },
    { type: 'action-proposed', plan: { ...plan, id: 'p2' }, approvals },
    { type: 'press-refused', plan: 'p2', by: responder, why: 'not named' },
    { type: 'action-started', plan: 'p2' },
    { type: 'action-finished', plan: 'p2', outcome: 'failed', detail: '', impact: [], sinceOpenedMs: 9_000 },
    { type: 'action-expired', plan: 'nobody proposed this' },
  );
  expect(value('execfmt_actions_total{kind="rollback-to-digest",outcome="declined"}')).toBe(1);
  expect(value('execfmt_actions_total{kind="rollback-to-digest",outcome="failed"}')).toBe(1);
  expect(value('execfmt_actions_total{kind="unknown",outcome="expired"}')).toBe(1);
  expect(value('execfmt_action_duration_seconds_sum{kind="rollback-to-digest"}')).toBe(1);
  expect(value('execfmt_recovery_duration_seconds_count')).toBe(0);
  expect(value('execfmt_presses_refused_total')).toBe(1);
});

it('counts steps by what they found, and diagnoses that broke down', async () => {
  const { value } = await count(
    { type: 'step-finished', step: { ...step('host'), elapsedMs: 1_500 } },
    { type: 'failed', message: 'it broke down' },
  );
  expect(value('execfmt_step_duration_seconds_sum{step="host",status="problem"}')).toBe(1.5);
  expect(value('execfmt_step_duration_seconds_bucket{step="host",le="1"}')).toBe(0);
  expect(value('execfmt_step_duration_seconds_bucket{step="host",le="2.5"}')).toBe(1);
  expect(value('execfmt_runs_total{outcome="broke-down"}')).toBe(1);
});

it('names its numbers as Prometheus asks: a prefix, a base unit, _total where it counts', async () => {
  const { page } = await count();
  const types = [...page.matchAll(/^# TYPE (execfmt_\S+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]);
  expect(types.length).toBeGreaterThan(5);
  for (const [name, type] of types) {
    if (type === 'counter') expect(name).toMatch(/_total$/);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(page).toMatch(new RegExp(`^# HELP ${name} .{20,}`, 'm'));
  }
});
