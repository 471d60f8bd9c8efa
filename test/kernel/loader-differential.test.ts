import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suite } from '../lab/requirements.ts';
import { compare, predict, UNCERTAIN_MAX, wordsOf } from './loader-agreement.ts';
import { type LoaderCase, loaderCases } from './loader-cases.ts';
import { build, buildHelper, filesOf, LOADERS, runAll } from './loader-trees.ts';

suite('the model of dynamic loaders against real ones', ['mounts', 'gcc', 'x86-64', 'debian-binaries'], () => {
  let folder = '';
  let helper = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'loaders-'));
    helper = buildHelper(folder);
    chmodSync(folder, 0o755);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(LOADERS.map((loader, i) => ({ loader, seed: 1000 + (i % 2) })))('$loader.id', ({ loader, seed }) => {
    const cases = loaderCases(loader, seed);
    let differing: string[] = [];
    let uncertain: string[] = [];
    let ends = new Set<string>();

    beforeAll(async () => {
      const base = await filesOf(loader, folder);
      const below = mkdtempSync(join(folder, 'trees-'));
      chmodSync(below, 0o755);
      const roots = cases.map((_, i) => join(below, `r${i}`));
      for (const [i, each] of cases.entries()) build(roots[i] ?? '', each, base);
      const seen = runAll(helper, roots, cases);
      const tell = (each: LoaderCase, i: number) => {
        const outcome = predict(roots[i] ?? '', each);
        const real = seen[i] ?? { end: 'nothing', errors: '' };
        const model = `${wordsOf(outcome)} ${outcome.culprit} ${outcome.fault} (${outcome.because})`;
        const agreement = compare(outcome, real);
        return { agreement, text: `${each.id}: model ${model}, loader ${real.end} ${real.errors.trim()}` };
      };
      const told = cases.map(tell);
      differing = told.filter((each) => each.agreement === 'differs').map((each) => each.text);
      uncertain = told.filter((each) => each.agreement === 'uncertain').map((each) => each.text);
      ends = new Set(seen.map((each) => each.end));
    }, 120_000);

    it('meets every kind of end', () => {
      expect(new Set(cases.map((each) => each.id)).size).toBe(cases.length);
      for (const end of loader.libc === 'glibc'
        ? ['exit 0', 'exit 1', 'exit 127', 'signal 11']
        : ['exit 0', 'exit 127']) {
        expect(ends).toContain(end);
      }
    });

    it('agrees wherever the model is certain', () => expect(differing).toEqual([]));

    it('is rarely uncertain', () => {
      expect(uncertain.length / cases.length, uncertain.join('\n')).toBeLessThan(UNCERTAIN_MAX);
    });
  });
});
