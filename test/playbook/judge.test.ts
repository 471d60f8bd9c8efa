import { describe, expect, it } from 'vitest';
import { known } from '../../src/playbook/answer.ts';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge, worstVerdict } from '../../src/playbook/judge/judge.ts';
import { findRemedies } from '../../src/playbook/remedies/find-remedies.ts';
import { changeStep } from '../../src/playbook/steps/change-step.ts';
import { fileStep } from '../../src/playbook/steps/file-step.ts';
import { hostStep } from '../../src/playbook/steps/host-step.ts';
import { imageStep } from '../../src/playbook/steps/image-step.ts';
import { symptomStep } from '../../src/playbook/steps/symptom-step.ts';
import { tagStep } from '../../src/playbook/steps/tag-step.ts';
import { accepted, missing, sampleEvidence, withState } from './sample-evidence.ts';

const without = (...parts: (keyof InstanceEvidence)[]): InstanceEvidence => ({
  ...sampleEvidence(),
  ...Object.fromEntries(parts.map((part) => [part, missing])),
});
const lines = (...text: string[]) => known({ lines: text, truncated: false });
const runs = known({ outcome: accepted, readFrom: 'container' as const, alternatives: [], inner: null });

describe('judge', () => {
  it.each<[string, InstanceEvidence, object]>([
    [
      'the whole incident',
      sampleEvidence(),
      {
        outcome: 'will-not-run',
        fault: 'wrong-platform-image',
        culprit: '/app/render',
        errno: 'ENOEXEC',
        confidence: 'proved',
      },
    ],
    [
      'the registry is down',
      without('published', 'candidates'),
      { fault: 'wrong-platform-image', confidence: 'proved', origin: { kind: 'unknown' } },
    ],
    ['the local image is gone', without('localImage'), { fault: 'wrong-platform-image', confidence: 'proved' }],
    ['there is no log', without('log'), { fault: 'wrong-platform-image', confidence: 'likely' }],
    [
      'the files cannot be read',
      without('execution'),
      { fault: 'wrong-platform-image', confidence: 'likely', errno: 'ENOEXEC' },
    ],
    ['neither files nor log can be read', without('execution', 'log'), { outcome: 'inconclusive', fault: null }],
    [
      'neither files nor image can be read',
      without('execution', 'localImage', 'published'),
      { outcome: 'inconclusive', fault: null, errno: 'ENOEXEC' },
    ],
    ['the container cannot be inspected', without('instance'), { outcome: 'inconclusive', fault: null }],
    [
      'the image says it fits, the file does not',
      { ...sampleEvidence(), localImage: fitting() },
      { fault: 'wrong-arch-binary', confidence: 'proved' },
    ],
    [
      'the runtime says something else than the model',
      { ...sampleEvidence(), log: lines('exec /app/render: permission denied') },
      { confidence: 'possible' },
    ],
    [
      'the kernel would execute it, yet the runtime refuses',
      { ...sampleEvidence(), execution: runs },
      { outcome: 'inconclusive', errno: 'ENOEXEC' },
    ],
    [
      'a log merely quotes the error',
      { ...sampleEvidence(), execution: runs, log: lines('ERROR worker: exec /x: exec format error'), ...exited() },
      { outcome: 'will-not-run', fault: 'not-exec-format' },
    ],
    [
      'it is out of memory',
      { ...withState({ status: 'exited', exitCode: 137, oomKilled: true }), execution: runs, log: lines() },
      { fault: 'not-exec-format', summary: expect.stringContaining('memory') },
    ],
    [
      'it runs',
      { ...withState({ status: 'running', exitCode: 0, restartCount: 0 }), execution: runs, localImage: fitting() },
      { outcome: 'runs', fault: 'none' },
    ],
    [
      'it runs, although its metadata says that it could not',
      { ...withState({ status: 'running', exitCode: 0, restartCount: 0 }), execution: runs },
      { outcome: 'runs', fault: 'wrong-metadata' },
    ],
    [
      'it ran for a while after restarts',
      { ...withState({ status: 'running', startedAt: '2026-11-21T08:00:00Z' }), execution: runs },
      { outcome: 'runs' },
    ],
    [
      'it is caught between two restarts',
      withState({ status: 'running', startedAt: '2026-11-21T08:59:59.999Z' }),
      { outcome: 'will-not-run', confidence: 'proved' },
    ],
  ])('%s', (_what, evidence, verdict) => expect(judge(evidence)).toMatchObject(verdict));

  it('takes the worst instance for the run', () => {
    const good = judge({ ...withState({ status: 'running', restartCount: 0 }), execution: runs });
    const bad = judge(sampleEvidence());
    const unknown = judge(without('instance'));
    expect(worstVerdict([good, unknown, bad])).toBe(bad);
    expect(worstVerdict([good, unknown])).toBe(unknown);
    expect(worstVerdict([])).toBeNull();
  });
});

function exited(): Pick<InstanceEvidence, 'instance'> {
  return { instance: withState({ status: 'exited', exitCode: 1 }).instance };
}

function fitting(): InstanceEvidence['localImage'] {
  const { localImage } = sampleEvidence();
  if (localImage.kind !== 'known') throw new Error('the sample is complete');
  return known({ ...localImage.value, platform: { os: 'linux', architecture: 'amd64', variant: null } });
}

describe('the ways out', () => {
  const remedies = (evidence: InstanceEvidence) => findRemedies(evidence, judge(evidence));

  it('come in the playbook’s order: a correct image, back to a digest, emulation last', () => {
    expect(remedies(sampleEvidence()).map(({ kind, fit }) => [kind, fit])).toEqual([
      ['rebuild', 'fixes'],
      ['rollback-to-digest', 'fixes'],
      ['pull-platform', 'useless'],
      ['schedule-to-arch', 'mitigates'],
      ['enable-emulation', 'mitigates'],
      ['repull', 'useless'],
    ]);
  });

  it('never offer a digest that is not proved to start', () => {
    const digests = remedies(sampleEvidence()).flatMap(({ digest }) => digest ?? []);
    expect(digests).toEqual([`sha256:${'2'.repeat(64)}`]);
  });

  it('name a rollback useless when no digest is proved', () => {
    const rollback = remedies({ ...sampleEvidence(), candidates: known([]) }).find(
      ({ kind }) => kind === 'rollback-to-digest',
    );
    expect(rollback).toMatchObject({ fit: 'useless' });
    expect(rollback?.digest).toBeUndefined();
  });

  it.each([
    ['it runs', { ...withState({ status: 'running', restartCount: 0 }), execution: runs }],
    ['it is inconclusive', without('instance')],
    ['the program ends by itself', { ...withState({ status: 'exited', exitCode: 3 }), execution: runs, log: lines() }],
  ])('are none when %s', (_what, evidence) => expect(remedies(evidence)).toEqual([]));
});

describe('every step', () => {
  const steps = [hostStep, imageStep, tagStep, fileStep, symptomStep, changeStep];
  const parts: (keyof InstanceEvidence)[] = [
    'host',
    'instance',
    'localImage',
    'published',
    'execution',
    'log',
    'candidates',
  ];

  it.each(steps.map((step) => [step.id, step] as const))('%s explains whatever is missing', (_id, step) => {
    for (const part of [null, ...parts]) {
      const { status, findings } = step.explain(part === null ? sampleEvidence() : without(part));
      if (status !== 'skipped') expect(findings.length).toBeGreaterThan(0);
      for (const finding of findings) {
        const { check, command, observed, meaning, decision } = finding;
        for (const text of [check, command, observed, meaning, decision]) expect(text).toMatch(/\S/);
      }
    }
  });
});
