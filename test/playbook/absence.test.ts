import { describe, expect, it } from 'vitest';
import type { Platform } from '../../src/image/platform.ts';
import {
  type Absence,
  explainAbsence,
  judgeAbsence,
  remediesOfAbsence,
  type Wanted,
} from '../../src/playbook/absence.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import { AMD64, ARM64 } from './incident.ts';
import { missing, sampleEvidence } from './sample-evidence.ts';

const place = { kind: 'docker', host: 'render-01', container: 'pdf-renderer' } as const;
const WINDOWS: Platform = { ...AMD64, os: 'windows' };

const wants = (kind: 'index' | 'manifest', platforms: (Platform | null)[], set: Partial<Wanted> = {}): Wanted => ({
  place,
  reference: 'registry.corp.io/pdf-renderer:v3',
  host: sampleEvidence().host,
  published: known({
    reference: 'registry.corp.io/pdf-renderer:v3',
    digest: 'sha256:3',
    mediaType: 'm',
    kind,
    entries: platforms.map((platform, at) => ({ platform, digest: `sha256:${at}` })),
  }),
  ...set,
});

const absent = (wanted: Wanted | null, code: 'not-found' | 'unreachable' = 'not-found'): Absence => ({
  estate: 'render-01',
  name: 'pdf-renderer',
  kind: 'docker',
  cli: 'docker -H render-01',
  why: { code, target: 'engine render-01', message: 'there is no such container.' },
  wanted,
});

describe('a place where the service is not', () => {
  it('is a finding: there is nothing to look at', () => {
    expect(explainAbsence([absent(null)])).toEqual({
      status: 'unknown',
      findings: [
        {
          check: 'Looking for pdf-renderer on render-01',
          command: 'docker -H render-01 ps --all --filter name=pdf-renderer',
          observed: 'engine render-01: there is no such container.',
          meaning: 'There is nothing to look at there.',
          decision: 'Deploy it, or correct the name in the configuration.',
        },
      ],
    });
  });

  it('is unknown when it does not answer', () => {
    expect(explainAbsence([absent(null, 'unreachable')]).findings).toMatchObject([
      { meaning: 'What render-01 runs is unknown (unreachable).', decision: 'See to that host, then run again.' },
    ]);
  });

  it.each<[string, Absence]>([
    ['nobody knows what would run there', absent(null)],
    ['the tag has an image for the host', absent(wants('index', [ARM64, AMD64]))],
    ['the tag is a single image: engines pull it whatever its architecture', absent(wants('manifest', [ARM64]))],
    ['the tag states no platform', absent(wants('index', [null]))],
    ['the registry cannot be asked', absent(wants('index', [ARM64], { published: missing }))],
    ['the host cannot be asked', absent(wants('index', [ARM64], { host: failed('timeout', 'h', 'slow.') }))],
  ])('is not judged while %s', (_what, absence) => {
    expect(judgeAbsence(absence)).toEqual({
      outcome: 'inconclusive',
      fault: null,
      culprit: null,
      errno: null,
      confidence: 'possible',
      origin: { kind: 'unknown', confidence: 'possible', because: 'nothing could be gathered there' },
      summary: 'pdf-renderer on render-01 could not be looked at: there is no such container.',
    });
    expect(remediesOfAbsence(absence)).toEqual([]);
  });

  it('could not get it either, when the index has nothing for the host', () => {
    const absence = absent(wants('index', [ARM64, null, { ...AMD64, architecture: 's390x' }]));
    expect(judgeAbsence(absence)).toMatchObject({
      outcome: 'will-not-run',
      fault: 'platform-missing-from-index',
      culprit: null,
      errno: null,
      confidence: 'likely',
      origin: { kind: 'unknown' },
      summary:
        'pdf-renderer does not exist on render-01, and registry.corp.io/pdf-renderer:v3 could not be pulled there: it has linux/arm64, linux/s390x, the host is linux/amd64.',
    });
    expect(remediesOfAbsence(absence)).toEqual([
      {
        kind: 'rebuild',
        fit: 'fixes',
        because: 'The clean fix: build and publish an image that has linux/amd64.',
        platform: 'linux/amd64',
        where: place,
      },
      {
        kind: 'pull-platform',
        fit: 'useless',
        because: 'The tag has no linux/amd64: there is nothing to pull.',
        platform: 'linux/amd64',
        where: place,
      },
    ]);
  });

  it.each<[string, Absence]>([
    ['an index', absent(wants('index', [WINDOWS]))],
    ['a single image', absent(wants('manifest', [WINDOWS]))],
  ])('could not get it either, when all of %s is for another system', (_what, absence) => {
    expect(judgeAbsence(absence)).toMatchObject({ outcome: 'will-not-run', fault: 'os-mismatch' });
  });

  it('is of another platform, not system, when one entry is for the host’s system', () => {
    expect(judgeAbsence(absent(wants('index', [WINDOWS, ARM64])))).toMatchObject({
      fault: 'platform-missing-from-index',
    });
  });
});
