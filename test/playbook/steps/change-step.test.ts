import { describe, expect, it } from 'vitest';
import { failed, known } from '../../../src/playbook/answer.ts';
import type { EarlierRun, RevisionFacts } from '../../../src/playbook/evidence.ts';
import type { InstanceEvidence, RollbackCandidate } from '../../../src/playbook/instance-evidence.ts';
import { changeStep } from '../../../src/playbook/steps/change-step.ts';
import { containerFacts } from '../incident.ts';
import { missing, sampleCandidate, sampleEvidence } from '../sample-evidence.ts';

const V2 = `sha256:${'2'.repeat(64)}`;
const V3 = `sha256:${'3'.repeat(64)}`;
const explain = (set: Partial<InstanceEvidence> = {}) => changeStep.explain({ ...sampleEvidence(), ...set });
const finding = (check: string, set: Partial<InstanceEvidence> = {}) =>
  explain(set).findings.find((one) => one.check === check);

describe('what is deployed now', () => {
  it('is the image with its digest', () => {
    expect(finding('Deployed now')).toEqual({
      check: 'Deployed now',
      command: "docker -H ssh://ops@render-01 inspect --format '{{.Created}} {{.Image}}' pdf-renderer",
      observed: `registry.corp.io/pdf-renderer:v3 ${V3} (linux/arm64), container created 2026-11-21T08:00:00Z`,
      meaning: 'This is the image that came with the change.',
      decision: 'Compare with what ran before.',
      where: sampleEvidence().place,
    });
  });

  it('is told with its time, and by its id when it was built or loaded there', () => {
    const { localImage } = sampleEvidence();
    if (localImage.kind !== 'known') throw new Error('the sample is complete');
    const built = known({ ...localImage.value, repoDigests: [], createdAt: '2026-11-20T16:40:00Z' });
    expect(finding('Deployed now', { localImage: built })).toMatchObject({
      observed: expect.stringContaining('pdf-renderer:v3 sha256:image (linux/arm64)'),
      meaning: 'This is the image that came with the change; it was built 2026-11-20T16:40:00Z.',
    });
  });

  it('is not told when the image is gone, and nothing is when the container is', () => {
    expect(finding('Deployed now', { localImage: missing })).toBeUndefined();
    expect(explain({ instance: missing })).toEqual({ status: 'skipped', findings: [] });
  });
});

describe('what was there before', () => {
  const candidate = (set: Partial<RollbackCandidate>) => sampleCandidate({ image: `r@${V2}`, digest: V2, ...set });
  const told = (...candidates: RollbackCandidate[]) => finding('Earlier images', { candidates: known(candidates) });
  const ran = (startedAt: string, endedAt: string | null): EarlierRun => ({
    image: 'r',
    startedAt,
    endedAt,
    exitCode: 0,
  });

  it('is each of the earlier images, tried on this host', () => {
    expect(explain().status).toBe('ok');
    expect(told(candidate({}), candidate({ unusableBecause: 'would not start' }))).toEqual({
      check: 'Earlier images',
      command: 'docker -H ssh://ops@render-01 image ls --digests registry.corp.io/pdf-renderer',
      observed: `v2 ${V2} (linux/amd64, was pulled here before): would start here\nv2 ${V2} (linux/amd64, was pulled here before): would not start`,
      meaning: '1 of 2 would start on this host.',
      decision: 'A rollback by digest is possible.',
      where: sampleEvidence().place,
    });
  });

  it.each<[string, RollbackCandidate[], string]>([
    ['none is known', [], 'none known on this host or in the registry'],
    [
      'none would start',
      [candidate({ unusableBecause: 'no', knownAs: null, platform: null, wasHere: false })],
      `${V2} (platform unknown, in the registry): no`,
    ],
  ])('is no way back when %s', (_what, candidates, observed) => {
    expect(explain({ candidates: known(candidates) }).status).toBe('unknown');
    expect(told(...candidates)).toMatchObject({
      observed,
      meaning: 'None of them is proved to start on this host.',
      decision: 'A rollback is not offered: rebuild for this host.',
    });
  });

  it.each<[EarlierRun, string]>([
    [ran('2026-11-20T00:00:00Z', null), 'ran here and still does (since 2026-11-20T00:00:00Z)'],
    [ran('2026-11-20T00:00:00Z', '2026-11-20T00:59:59Z'), 'ran here until 2026-11-20T00:59:59Z (for under an hour)'],
    [ran('2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z'), 'ran here until 2026-11-20T01:00:00Z (for 1 h)'],
    [ran('2026-11-18T00:00:00Z', '2026-11-19T23:00:00Z'), 'ran here until 2026-11-19T23:00:00Z (for 47 h)'],
    [ran('2026-11-18T00:00:00Z', '2026-11-20T00:00:00Z'), 'ran here until 2026-11-20T00:00:00Z (for 2 d)'],
  ])('is told with how long it ran: %o', (run, words) => {
    expect(told(candidate({ ran: run }))?.observed).toBe(
      `v2 ${V2} (linux/amd64, was pulled here before, ${words}): would start here`,
    );
  });

  it('is unknown when nobody can look', () => {
    expect(explain({ candidates: failed('timeout', 'r', 'slow.') }).status).toBe('unknown');
    expect(finding('Earlier images', { candidates: missing })).toMatchObject({
      observed: 'render-01: it does not answer',
      meaning: 'Earlier images is unknown (unreachable).',
      decision: 'Going on without it; what depends on it is said with less confidence.',
    });
  });
});

describe('the roll-out history of a workload', () => {
  const place = {
    kind: 'kubernetes',
    cluster: 'c',
    namespace: 'docs',
    workload: 'deployment/pdf',
    pod: 'p',
    container: 'x',
    node: 'n',
  } as const;
  const revision = (number: number, set: Partial<RevisionFacts> = {}): RevisionFacts => ({
    number,
    createdAt: '',
    image: 'r:v3',
    cause: null,
    ...set,
  });
  const history = (revisions: readonly RevisionFacts[], imageSetBy: string | null = null) =>
    finding('Roll-out history', { place, history: known({ revisions, imageSetBy }) });

  it('tells five revisions, and who set the image', () => {
    const all = [
      revision(7, { createdAt: '2026-11-20', cause: 'release' }),
      revision(6, { image: null }),
      ...[5, 4, 3, 2].map((number) => revision(number)),
    ];
    expect(history(all, 'argocd-controller')).toEqual({
      check: 'Roll-out history',
      command: 'docker -H ssh://ops@render-01 -n docs rollout history deployment/pdf',
      observed:
        'revision 7, 2026-11-20: r:v3 (release)\nrevision 6: no such container\nrevision 5: r:v3\nrevision 4: r:v3\nrevision 3: r:v3',
      meaning: 'The image was last set by argocd-controller.',
      decision: 'Nothing else is known to apply this workload: a change made here stays.',
      where: place,
    });
  });

  it('tells who would undo a change', () => {
    const instance = known(containerFacts({ managedBy: 'Argo CD' }));
    const one = finding('Roll-out history', {
      place,
      instance,
      history: known({ revisions: [revision(1)], imageSetBy: null }),
    });
    expect(one?.meaning).toBe('Who set the image is not recorded.');
    expect(one?.decision).toBe('It belongs to Argo CD, which would undo a change made here: commit the change there.');
  });

  it('is short of long causes', () => {
    expect(history([revision(1, { cause: 'x'.repeat(300) })])?.observed).toBe(`revision 1: r:v3 (${'x'.repeat(200)})`);
  });

  it('is told when nothing is kept but who set the image, and not when nothing is', () => {
    expect(history([], 'kubectl')?.observed).toBe('no revision is kept');
    expect(history([])).toBeUndefined();
    expect(finding('Roll-out history', { place, history: null })).toBeUndefined();
    expect(
      finding('Roll-out history', { history: known({ revisions: [revision(1)], imageSetBy: 'x' }) }),
    ).toBeUndefined();
  });

  it('is unknown when it may not be seen', () => {
    expect(finding('Roll-out history', { place, history: failed('denied', 'c', 'no.') })?.observed).toBe('c: no.');
  });
});
