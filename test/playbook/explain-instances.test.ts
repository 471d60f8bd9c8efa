import { describe, expect, it } from 'vitest';
import { failed, known } from '../../src/playbook/answer.ts';
import { explainInstances, type JudgedInstance } from '../../src/playbook/explain-instances.ts';
import type { InstanceEvidence, RollbackCandidate } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import { incident } from './incident.ts';
import { missing, sampleEvidence } from './sample-evidence.ts';

const on = (host: string, evidence: InstanceEvidence): JudgedInstance => {
  const placed = { ...evidence, place: { kind: 'docker', host, container: 'pdf' } as const };
  return { evidence: placed, verdict: judge(placed) };
};
const well = (rest: Partial<InstanceEvidence> = {}) => ({ ...incident({ state: { status: 'running' } }), ...rest });
const silent = () => ({ ...sampleEvidence(), instance: missing });

/** An image that lies on a host; V3 is the one of which the sample’s container fails. */
const V3 = `sha256:${'3'.repeat(64)}`;
const lying = (set: Partial<RollbackCandidate> = {}): Pick<InstanceEvidence, 'candidates'> => ({
  candidates: known([
    {
      image: `registry.corp.io/pdf-renderer@${V3}`,
      digest: V3,
      knownAs: 'v3',
      wasHere: true,
      hadTag: false,
      ran: null,
      kind: 'manifest',
      platform: 'linux/arm64',
      outcome: null,
      unusableBecause: 'would not start',
      ...set,
    },
  ]),
});
const explain = (...judged: readonly JudgedInstance[]) => explainInstances('pdf-renderer', judged)[0];

describe('several instances', () => {
  it('that fail in the same way are said to', () => {
    expect(explain(on('a', sampleEvidence()), on('b', sampleEvidence()))).toEqual({
      check: 'All instances',
      command: 'execfmt diagnose pdf-renderer --json',
      observed: '2 of 2 wrong-platform-image (built-on-other-arch): pdf on a, pdf on b',
      meaning: 'All of them fail in the same way.',
      decision: 'Begin with the group that fails.',
    });
  });

  it.each<[string, readonly JudgedInstance[], string, string]>([
    [
      'that run are alike',
      [on('a', well()), on('b', well())],
      '2 of 2 run: pdf on a, pdf on b',
      'All of them are alike.',
    ],
    [
      'that nobody can look at are alike',
      [on('a', silent()), on('b', silent())],
      '2 of 2 unknown: pdf on a, pdf on b',
      'All of them are alike.',
    ],
    [
      'of which some cannot be looked at are not known to fail',
      [on('a', well()), on('b', silent())],
      '1 of 2 run: pdf on a\n1 of 2 unknown: pdf on b',
      'None of them is known to fail.',
    ],
    [
      'of which some fail differ in the cause',
      [on('a', well()), on('b', incident({ state: { exitCode: 3 } })), on('c', sampleEvidence())],
      '1 of 3 run: pdf on a\n1 of 3 not-exec-format: pdf on b\n1 of 3 wrong-platform-image (built-on-other-arch): pdf on c',
      '2 of 3 fail: what is different about them is the cause.',
    ],
  ])('%s', (_what, judged, observed, meaning) => expect(explain(...judged)).toMatchObject({ observed, meaning }));

  it('are named up to five, and counted beyond', () => {
    const all = (count: number) => explain(...Array.from({ length: count }, (_, at) => on(`h${at}`, well())))?.observed;
    expect(all(5)).toBe('5 of 5 run: pdf on h0, pdf on h1, pdf on h2, pdf on h3, pdf on h4');
    expect(all(6)).toBe('6 of 6 run: pdf on h0, pdf on h1, pdf on h2, pdf on h3, pdf on h4 and 1 more');
  });
});

describe('an instance that runs where another fails', () => {
  const bad = on('bad', sampleEvidence());
  it('would break with the failing image that lies there already', () => {
    expect(explain(on('a', well(lying())), bad)).toMatchObject({
      meaning:
        '1 of 2 fail: what is different about them is the cause. pdf on a runs an older image, but the failing one lies there already.',
      decision: 'Do not restart or recreate those before it is mended: they would break too.',
    });
    expect(explain(on('a', well(lying())), on('b', well(lying())), bad)?.meaning).toContain(
      ' pdf on a, pdf on b run an older image, but',
    );
  });

  it.each<[string, JudgedInstance, JudgedInstance]>([
    ['another image lies there', on('a', well(lying({ digest: 'sha256:other' }))), bad],
    ['that image would start there', on('a', well(lying({ unusableBecause: null }))), bad],
    ['that image is only in the registry', on('a', well(lying({ wasHere: false }))), bad],
    ['nobody knows what lies there', on('a', well({ candidates: failed('timeout', 'a', 'slow.') })), bad],
    ['nobody knows which image fails', on('a', well(lying())), on('bad', { ...sampleEvidence(), localImage: missing })],
    ['it does not run itself', on('a', { ...sampleEvidence(), ...lying() }), bad],
    ['nothing fails', on('a', well(lying())), on('b', well({ localImage: sampleEvidence().localImage }))],
  ])('is not warned of when %s', (_what, one, other) => {
    expect(explain(one, other)?.decision).toBe('Begin with the group that fails.');
  });
});
