import { expect } from 'vitest';
import type { Case } from './differential-cases.ts';
import { type Bench, disagreement, executeAll, isDoubtful } from './run-on-kernel.ts';

/** Executes the cases and expects the model to have said each answer; a disagreement is told with its case's id and seed. */
export function expectAgreement(bench: Bench, cases: readonly Case[]): void {
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
}

/** How many cases are made up, and from which seed: more and others by the environment (`npm run kernel:long`). */
export const SEED = Number(process.env.EXECFMT_KERNEL_SEED ?? 1);
export const COUNT = Number(process.env.EXECFMT_KERNEL_CASES ?? 6000);
/** Milliseconds for so many cases on a slow machine. */
export const timeFor = (count: number) => 60_000 + count * 20;
