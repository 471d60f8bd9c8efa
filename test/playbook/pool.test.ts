import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import { type InstanceEvidence, type PoolRow, repositoryOf } from '../../src/playbook/instance-evidence.ts';
import { scheduleToArch } from '../../src/playbook/schedule-to-arch.ts';
import { explainPool } from '../../src/playbook/steps/pool-finding.ts';
import { sampleEvidence } from './sample-evidence.ts';

const place = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'deployment/pdf-renderer',
  pod: 'pdf-renderer-1',
  container: 'render',
  node: 'n1',
} as const;

const outcome = (kind: Outcome['outcome'], because: string): Outcome => ({
  outcome: kind,
  culprit: null,
  errno: null,
  exit: null,
  fault: kind === 'runs' ? 'none' : 'wrong-arch-binary',
  because,
  culpritIs: null,
  chain: [],
  suspicion: null,
});
const runs = outcome('runs', 'it runs');
const refused = outcome('ENOEXEC', '/app/render is for arm64');
const row = (platform: string, count: number, what: PoolRow['outcome']): PoolRow => ({
  platform,
  count,
  nodes: Array.from({ length: Math.min(count, 20) }, (_, at) => `${platform.split('/')[1]}-${at}`),
  outcome: what,
});
const withPool = (rows: readonly PoolRow[]): InstanceEvidence => ({
  ...sampleEvidence(),
  place,
  cli: 'kubectl',
  pool: known({ total: 9, rows }),
});

describe('a pool of nodes', () => {
  it('is no finding where nothing schedules, or all nodes are alike', () => {
    expect(explainPool(sampleEvidence())).toEqual([]);
    expect(explainPool(withPool([row('linux/amd64', 5, known(refused))]))).toEqual([]);
  });

  it('says of each kind what it would do', () => {
    const rows = [
      row('linux/amd64', 5, known(refused)),
      row('linux/arm64', 1, known(runs)),
      row('linux/s390x', 1, failed('timeout', 'r', 'slow.')),
    ];
    const [finding] = explainPool(withPool(rows));
    expect(finding?.observed.split('\n')).toEqual([
      'linux/amd64 (amd64-0, amd64-1, amd64-2 and 2 more): /app/render is for arm64',
      'linux/arm64 (arm64-0): would run it',
      'linux/s390x (s390x-0): slow.',
    ]);
    expect(finding?.meaning).toBe('The pool is mixed: 7 of 9 nodes may be given this pod, of 3 kinds.');
  });

  it('that may not be seen is a finding', () => {
    const evidence = { ...withPool([]), pool: failed('denied', 'cluster prod', 'not permitted.') };
    expect(explainPool(evidence)[0]).toMatchObject({ observed: 'cluster prod: not permitted.' });
    expect(scheduleToArch(evidence)).toBeNull();
  });

  it('offers its fitting nodes as an emergency, and says when there are none', () => {
    const mixed = withPool([row('linux/amd64', 5, known(refused)), row('linux/arm64', 2, known(runs))]);
    expect(scheduleToArch(mixed)).toMatchObject({
      fit: 'mitigates',
      platform: 'linux/arm64',
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    });
    expect(scheduleToArch(withPool([row('linux/amd64', 5, known(refused))]))).toMatchObject({ fit: 'useless' });
    expect(scheduleToArch(sampleEvidence())).toBeNull();
  });

  it('names no architecture that does not tell its nodes apart', () => {
    const rows = [row('linux/arm64', 5, known(refused)), row('linux/arm64', 2, known(runs))];
    const remedy = scheduleToArch(withPool(rows));
    expect(remedy).toMatchObject({
      fit: 'mitigates',
      because: expect.stringContaining('a label that only the former'),
    });
    expect(remedy).not.toHaveProperty('nodeSelector');
  });

  it('carries the image that stays, by its digest when that is known', () => {
    const mixed = withPool([row('linux/arm64', 2, known(runs))]);
    const { instance, localImage } = mixed;
    if (instance.kind === 'probe-failed' || localImage.kind === 'probe-failed') throw new Error('the sample is known');
    const repository = repositoryOf(instance.value.imageReference);
    const digest = `sha256:${'a'.repeat(64)}`;
    const pulled = { ...mixed, localImage: known({ ...localImage.value, repoDigests: [`${repository}@${digest}`] }) };
    expect(scheduleToArch(pulled)).toMatchObject({ image: `${repository}@${digest}`, digest });
    const built = scheduleToArch({ ...mixed, localImage: failed('not-found', 'n', 'gone.') });
    expect(built).toMatchObject({ image: instance.value.imageReference });
    expect(built).not.toHaveProperty('digest');
  });
});
