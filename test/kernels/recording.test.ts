import { describe, expect, it } from 'vitest';
import { casesOf, type NamedCase } from './cases/all-cases.ts';
import { difference, hostOf } from './compare.ts';
import { answered, linesOf, type Recording } from './recording.ts';
import { TARGETS } from './targets.ts';

const facts = { kernel: '6.12.1', page: '4096', minaddr: '65536' };
const cases = [...casesOf('amd64', 5, 1)].slice(0, 120);
const answers = cases.map((_, i) => `e${i % 3}`);
const recording: Recording = { package: 'linux', facts, seed: 5, thousands: 1, lines: linesOf(cases, answers) };
const read = (others: readonly NamedCase[], of = recording) => [...answered(of, others, 'amd64-6.12')];

describe('a recording', () => {
  it('gives each case its answer', () => {
    expect(read(cases).map(([, answer]) => answer)).toEqual(answers);
    expect(read(cases).map(([each]) => each)).toEqual(cases);
  });

  it('is out of date when a case is another one', () => {
    const changed = cases.map((each, i) => (i === 70 ? { ...each, uid: each.uid + 1 } : each));
    expect(() => read(changed)).toThrow(/out of date.*npm run kernels:record -- amd64-6\.12/);
    expect(() => read([...casesOf('amd64', 6, 1)])).toThrow(/out of date/);
  });

  it('is out of date when it has fewer or more cases', () => {
    expect(() => read(cases.slice(0, 40))).toThrow(/out of date/);
    expect(() => read(cases, { ...recording, lines: recording.lines.slice(0, -1) })).toThrow(/out of date/);
    expect(() => read(cases, { ...recording, lines: [...recording.lines, 'more 0 0 e8'] })).toThrow(/out of date/);
  });
});

describe('the comparison', () => {
  const target = TARGETS['amd64-6.12'];
  if (!target) throw new Error('There is no such kernel.');
  const host = hostOf(target, facts);

  it('tells every wrong answer of a case', () => {
    const [first] = cases;
    if (!first) throw new Error('There are no cases.');
    const right = ['e2', 'e8', 'e13', 'e20', 'e40', 'x0'].filter((answer) => difference(first, host, answer) === null);
    expect(right).toHaveLength(1);
    expect(difference(first, host, 'k11')).toMatch(/lines 0: the kernel answered k11, the model/);
  });

  it('is not made with a guest that did not tell what it is', () => {
    expect(() => hostOf(target, { page: '4096' })).toThrow(/did not tell/);
  });
});
