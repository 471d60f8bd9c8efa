import { afterAll, beforeAll, expect, it } from 'vitest';
import { suite } from '../lab/requirements.ts';
import { allCases, type Case } from './differential-cases.ts';
import { randomCases } from './random-cases.ts';
import { type Bench, disagreement, executeAll, isDoubtful, openBench } from './run-on-kernel.ts';

/** `npm run kernel:long` asks for more, and other seeds for other cases; see docs/kernel.md. */
const SEED = Number(process.env.EXECFMT_KERNEL_SEED ?? 1);
const COUNT = Number(process.env.EXECFMT_KERNEL_CASES ?? 6000);

suite('the kernel model against the running kernel', ['root', 'gcc', 'x86-64'], () => {
  let bench: Bench;

  beforeAll(() => {
    bench = openBench();
  });
  afterAll(() => bench?.remove());

  const expectAgreement = (cases: readonly Case[]) => {
    const answers = executeAll(bench, cases);
    expect(answers.length).toBe(cases.length);
    expect(new Set(cases.map((each) => each.id)).size).toBe(cases.length);
    const differences = cases.flatMap((each, i) => {
      const answer = answers[i];
      return answer === undefined ? [`${each.id}: no answer`] : (disagreement(each, answer) ?? []);
    });
    expect(differences).toEqual([]);
    // A program with a wild entry point does as it likes; that must stay the exception, or nothing is compared.
    const doubtful = cases.filter((each, i) => answers[i] !== undefined && isDoubtful(each, answers[i]));
    expect(doubtful.length).toBeLessThanOrEqual(cases.length / 100);
  };

  it('agrees on every case around a known limit', () => {
    const cases = allCases();
    expect(cases.length).toBeGreaterThan(900);
    expectAgreement(cases);
  });

  it(`agrees on ${COUNT} cases made up from seed ${SEED}`, { timeout: 60_000 + COUNT * 20 }, () => {
    expectAgreement(randomCases(SEED, COUNT));
  });
});
