import { afterAll, beforeAll, expect, it } from 'vitest';
import { suite } from '../lab/requirements.ts';
import { allCases } from './differential-cases.ts';
import { COUNT, expectAgreement, SEED, timeFor } from './expect-agreement.ts';
import { randomCases } from './random-cases.ts';
import { type Bench, openBench } from './run-on-kernel.ts';

suite('the kernel model against the running kernel', ['root', 'gcc', 'x86-64'], () => {
  let bench: Bench;

  beforeAll(() => {
    bench = openBench();
  });
  afterAll(() => bench?.remove());

  it('agrees on every case around a known limit', () => {
    const cases = allCases();
    expect(cases.length).toBeGreaterThan(900);
    expectAgreement(bench, cases);
  });

  it(`agrees on ${COUNT} cases made up from seed ${SEED}`, { timeout: timeFor(COUNT) }, () => {
    expectAgreement(bench, randomCases(SEED, COUNT));
  });
});
