import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesOf } from './cases/all-cases.ts';
import { difference, hostOf } from './compare.ts';
import { answered, readRecording } from './recording.ts';
import { TARGETS } from './targets.ts';

const FOLDER = join(import.meta.dirname, 'recorded');

describe('the kernel model against what other kernels answered', () => {
  const recorded = readdirSync(FOLDER).map((file) => file.replace(/\.txt$/, ''));

  it('has a recording of every kernel that can be measured', () => {
    expect(recorded.toSorted()).toEqual(Object.keys(TARGETS).toSorted());
  });

  it.each(recorded)('%s: agrees on every case', (name) => {
    const target = TARGETS[name];
    if (!target) throw new Error(`There is no kernel ${name} in test/kernels/targets.ts.`);
    const recording = readRecording(join(FOLDER, `${name}.txt`));
    const host = hostOf(target, recording.facts);
    const cases = casesOf(target.arch, recording.seed, recording.thousands);
    let count = 0;
    const differences: string[] = [];
    for (const [each, answer] of answered(recording, cases, name)) {
      count += 1;
      const differs = difference(each, host, answer);
      if (differs) differences.push(differs);
    }
    expect(count).toBeGreaterThan(3000);
    expect(differences).toEqual([]);
  });
});
