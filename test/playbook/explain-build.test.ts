import { describe, expect, it } from 'vitest';
import type { Provenance } from '../../src/image/provenance.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import type { BuildEvidence } from '../../src/playbook/build-evidence.ts';
import { explainBuild } from '../../src/playbook/explain-build.ts';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { readBuildLog } from '../../src/playbook/read-build-log.ts';
import { sampleEvidence } from './sample-evidence.ts';

const built = (set: Partial<BuildEvidence['job']>, ...log: string[]): BuildEvidence => ({
  ci: 'corp-gitlab',
  project: 'docs/pdf-renderer',
  matchedBy: 'revision',
  run: { id: '41', url: 'https://gitlab/p/41', ref: 'v3', revision: 'abcdef123456'.repeat(4), event: 'push' },
  job: {
    id: '7',
    name: 'build',
    url: 'https://gitlab/j/7',
    status: 'success',
    startedAt: null,
    finishedAt: null,
    runner: { name: 'corp-arm64-02', labels: [], architecture: 'arm64', os: 'linux', unknownBecause: null },
    ...set,
  },
  log: known(readBuildLog(log.join('\n'), (text) => text)),
});
const attested: Provenance = {
  format: 'slsa-v1',
  builder: 'https://builder',
  buildType: null,
  invocation: null,
  runner: null,
  builderPlatform: { os: 'linux', architecture: 'arm64', variant: null },
  imagePlatforms: [],
  bases: [],
  source: { revision: 'abcdef123456'.repeat(4) } as Provenance['source'],
  startedAt: null,
  finishedAt: '2026-11-20T16:40:00Z',
};
const explain = (set: Partial<Pick<InstanceEvidence, 'build' | 'provenance'>>) =>
  explainBuild({ ...sampleEvidence(), ...set });
const where = sampleEvidence().place;

describe('the build that an image came from', () => {
  it('is nothing where no CI server is configured and nobody attests it', () => {
    expect(explain({})).toEqual([]);
  });

  it('is told with its runner, and with what its log claims against that', () => {
    expect(explain({ build: known(built({}, '$ make', 'built amd64/linux')) })).toEqual([
      {
        check: 'The build',
        command: 'https://gitlab/j/7',
        observed:
          'job build of v3 (abcdef123456, found by revision), success, on corp-arm64-02\nline 2: built amd64/linux',
        meaning:
          'It ran on arm64: corp-gitlab knows the runner corp-arm64-02 as arm64. Line 2 of the log says “built amd64/linux”, but corp-gitlab knows the runner corp-arm64-02 as arm64. The words of a log prove nothing: a script printed them.',
        decision: 'The log and the runner contradict each other: believe the runner.',
        where,
      },
    ]);
  });

  it('is to be compared with the one before, where nothing contradicts', () => {
    expect(explain({ build: known(built({}, 'done')) })).toMatchObject([
      {
        observed: 'job build of v3 (abcdef123456, found by revision), success, on corp-arm64-02',
        meaning: 'It ran on arm64: corp-gitlab knows the runner corp-arm64-02 as arm64.',
        decision: 'Compare it with the build of the image that ran.',
      },
    ]);
  });

  it('ran nobody knows where, when neither server nor log tell', () => {
    const silent = { ...built({ runner: null }), log: failed('not-found', 'corp-gitlab', 'the log was erased') };
    expect(explain({ build: known(silent) })).toMatchObject([
      {
        observed: 'job build of v3 (abcdef123456, found by revision), success, on an unknown runner',
        meaning: 'Where it ran is unknown: neither the CI server nor the log says where it ran.',
      },
    ]);
  });

  it('is told with three of its log’s claims', () => {
    const log = ['linux/amd64', 'linux/arm64', 'linux/s390x', 'linux/ppc64le'];
    const [finding] = explain({ build: known(built({}, ...log)) });
    expect(finding?.observed.split('\n').slice(1)).toEqual([
      'line 1: linux/amd64',
      'line 2: linux/arm64',
      'line 3: linux/s390x',
    ]);
  });

  it('is a finding when the CI server does not answer', () => {
    expect(explain({ build: failed('timeout', 'corp-gitlab', 'It is slow.') })).toMatchObject([
      { check: 'The build', command: 'the CI server’s pipelines', observed: 'corp-gitlab: It is slow.', where },
    ]);
  });

  it('is not looked for where the files are in order', () => {
    expect(explain({ build: failed('unsupported', 'corp-gitlab', 'its files are in order') })).toEqual([]);
  });
});

describe('what a builder attests', () => {
  it.each<[string, Partial<Provenance>, string]>([
    ['with all that it says', {}, 'built on linux/arm64 of abcdef123456, 2026-11-20T16:40:00Z, by https://builder'],
    [
      'without a platform',
      { builderPlatform: null },
      'built on an unstated platform of abcdef123456, 2026-11-20T16:40:00Z, by https://builder',
    ],
    ['without a commit, a time and a name', { source: null, finishedAt: null, builder: null }, 'built on linux/arm64'],
    [
      'with a source of no commit',
      { source: { revision: null } as Provenance['source'], finishedAt: null, builder: null },
      'built on linux/arm64',
    ],
  ])('is told %s', (_what, set, observed) => {
    expect(explain({ provenance: known({ ...attested, ...set }) })).toEqual([
      {
        check: 'Attested build',
        command: 'docker buildx imagetools inspect IMAGE --format "{{json .Provenance}}"',
        observed,
        meaning: 'The builder’s own attestation; its signature was not checked.',
        decision: 'Compare it with the host.',
        where,
      },
    ]);
  });

  it('is told beside what the CI server tells, or does not', () => {
    const provenance = known(attested);
    const checks = (build: InstanceEvidence['build']) => explain({ build, provenance }).map(({ check }) => check);
    expect(checks(known(built({})))).toEqual(['The build', 'Attested build']);
    expect(checks(failed('timeout', 'corp-gitlab', 'It is slow.'))).toEqual(['The build', 'Attested build']);
    expect(checks(failed('unsupported', 'corp-gitlab', 'in order'))).toEqual(['Attested build']);
    expect(explain({ provenance: failed('denied', 'r', 'no') })).toEqual([]);
  });
});
