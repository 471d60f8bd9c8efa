import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/playbook/judge/judge.ts';
import { explainDecision } from '../../../src/playbook/steps/decision-step.ts';
import { REMEDY_KINDS, type Remedy, type RemedyKind, type Verdict } from '../../../src/playbook/verdict.ts';
import { sampleEvidence } from '../sample-evidence.ts';

const verdict = judge(sampleEvidence());
const decide = (set: Partial<Verdict>, remedies: readonly Remedy[] = [], reference: string | null = 'r:v3') =>
  explainDecision('pdf-renderer', reference, { ...verdict, ...set }, remedies);
const way = (kind: RemedyKind, set: Partial<Remedy> = {}): Remedy => ({ kind, fit: 'fixes', because: 'b', ...set });

describe('the verdict, as the last step tells it', () => {
  it('is whole, and begins with the ways that help', () => {
    const ways = [way('rebuild'), way('repull', { fit: 'useless' }), way('enable-emulation', { fit: 'mitigates' })];
    const { status, findings } = decide({}, ways);
    expect(status).toBe('problem');
    expect(findings[0]).toEqual({
      check: 'Verdict',
      command: 'execfmt diagnose pdf-renderer --json',
      observed: 'pdf-renderer on render-01 does not start: /app/render is ELF for arm64; the host executes amd64.',
      meaning:
        'wrong-platform-image (proved); origin: built-on-other-arch (likely): the tag is a single linux/arm64 manifest, while v2 before it was linux/amd64: the build ran on a machine of that architecture',
      decision: 'In this order: rebuild, then enable-emulation.',
    });
    expect(findings.slice(1).map(({ check, decision }) => [check, decision])).toEqual([
      ['Remedy: rebuild', 'It fixes this.'],
      ['Remedy: repull', 'It would not help.'],
      ['Remedy: enable-emulation', 'It helps for now.'],
    ]);
  });

  it.each<[Partial<Verdict>, string, string]>([
    [{ outcome: 'runs' }, 'ok', 'Nothing to fix here.'],
    [{ outcome: 'inconclusive' }, 'unknown', 'No remedy is known to help: gather what is missing and run again.'],
    [{ outcome: 'will-not-run' }, 'problem', 'No remedy is known to help: gather what is missing and run again.'],
  ])('of %o is %s', (set, status, decision) => {
    const step = decide(set, [way('repull', { fit: 'useless' })].slice(set.outcome === 'runs' ? 1 : 0));
    expect([step.status, step.findings[0]?.decision]).toEqual([status, decision]);
  });

  it('names no fault where none is known', () => {
    expect(decide({ fault: null }).findings[0]?.meaning).toMatch(/^fault unknown \(proved\)/);
  });
});

describe('a way out, as the last step tells it', () => {
  const tell = (remedy: Remedy, reference: string | null = 'r:v3') => decide({}, [remedy], reference).findings[1];
  const on = {
    kind: 'kubernetes',
    cluster: 'c',
    namespace: 'docs',
    workload: 'deployment/pdf',
    pod: 'p',
    container: 'render',
    node: 'n1',
  } as const;
  const COMMANDS: Readonly<Record<RemedyKind, readonly [string, string]>> = {
    'rollback-to-digest': [
      'docker pull r:v3 && docker run … r:v3',
      'kubectl set image -n docs deployment/pdf render=r:v3',
    ],
    rebuild: [
      'docker buildx build --platform linux/arm64 --tag r:v3 --push .',
      'docker buildx build --platform linux/arm64 --tag r:v3 --push .',
    ],
    'pull-platform': ['docker pull --platform linux/arm64 r:v3', 'kubectl rollout restart -n docs deployment/pdf'],
    'schedule-to-arch': [
      'docker run … (on a host of the image’s platform)',
      `kubectl patch -n docs deployment/pdf --patch '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/arch":"arm64"}}}}}'`,
    ],
    repull: ['docker rmi r:v3 && docker pull r:v3', 'kubectl rollout restart -n docs deployment/pdf'],
    'enable-emulation': [
      'apt-get install qemu-user-static binfmt-support',
      '(on every node that it may be scheduled to)',
    ],
    'fix-file': ['(in the image’s build)', '(in the image’s build)'],
    'replace-node': ['(on the host)', 'kubectl drain n1'],
  };

  it.each(REMEDY_KINDS)('comes with the command for it: %s', (kind) => {
    const platform = 'linux/arm64';
    const where = sampleEvidence().place;
    expect([tell(way(kind, { platform, where }))?.command, tell(way(kind, { platform, where: on }))?.command]).toEqual(
      COMMANDS[kind],
    );
  });

  it('is for the image that it offers, and keeps the names that nobody knows', () => {
    expect(tell(way('pull-platform', { image: 'r@sha256:2' }))?.command).toBe(
      'docker pull --platform PLATFORM r@sha256:2',
    );
    expect(tell(way('rollback-to-digest'), null)?.command).toBe('docker pull IMAGE && docker run … IMAGE');
    expect(tell(way('schedule-to-arch', { where: on }))?.command).toContain('"kubernetes.io/arch":"ARCH"');
  });

  it('names its digest, or how well it helps', () => {
    const where = sampleEvidence().place;
    expect(tell(way('repull', { digest: 'sha256:2', knownAs: 'v2', where }))).toMatchObject({
      observed: 'v2 sha256:2',
      meaning: 'b',
      where,
    });
    expect(tell(way('repull', { digest: 'sha256:2' }))?.observed).toBe('sha256:2');
    expect(tell(way('repull'))?.observed).toBe('fixes');
    expect(tell(way('repull'))).not.toHaveProperty('where');
  });
});
