import { describe, expect, it } from 'vitest';
import { gatherBlastRadius } from '../../src/app/gather-blast-radius.ts';
import type { Platform } from '../../src/image/platform.ts';
import { plainHost } from '../../src/kernel/plain-host.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import { explainBlastRadius } from '../../src/playbook/blast-radius.ts';
import type { NodeGroup } from '../../src/playbook/evidence.ts';
import type { Estate, OtherWorkloads } from '../../src/ports/estate.ts';
import { AMD64, ARM64, type MemoryImages, memoryImages } from './memory-images.ts';

const nodes = (platform: Platform, count: number): NodeGroup => ({
  host: {
    machine: platform.architecture,
    platform,
    kernelVersion: '6.1',
    operatingSystem: '',
    engine: '',
    runtime: '',
    kernel: plainHost(platform),
  },
  nodes: [`${platform.architecture}-0`],
  count,
});
const MIXED = [nodes(AMD64, 4), nodes(ARM64, 1)];

type Start = OtherWorkloads['starts'][number];
const nothing = { command: [], args: [], user: null, path: null, workingDir: '' };

const start = (images: MemoryImages, image: string, names: readonly string[], more: Partial<Start> = {}): Start => ({
  workloads: names.map((name) => ({ namespace: 'docs', workload: `deployment/${name}`, container: 'main' })),
  image,
  overrides: nothing,
  mounts: [],
  groups: MIXED,
  images: async () => images,
  ...more,
});

const estateWith = (others: Estate['others']) =>
  ({ name: 'prod', kind: 'kubernetes', command: 'kubectl', others }) as Estate;
const clusterOf = (starts: readonly Start[], unseen: OtherWorkloads['unseen'] = []) =>
  estateWith(async () => known({ starts, unseen }));

const place = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'deployment/own',
  pod: 'own-1',
  container: 'main',
  node: 'n',
} as const;
const around = { places: [place], repositories: ['r/pdf'] };

async function search(estate: Estate, signal = new AbortController().signal) {
  const found = gatherBlastRadius([estate], around, signal);
  await found.done;
  const [radius] = found.soFar();
  if (!radius) throw new Error('the cluster was not looked at');
  return { radius, part: explainBlastRadius(radius) };
}

describe('the blast radius', () => {
  it('is what would fail on a node that it may be scheduled to, the same repository first', async () => {
    const images = memoryImages({ 'r/pdf:v3': ARM64, 'r/web:1': [AMD64, ARM64], 'r/old:1': [AMD64] });
    const { radius, part } = await search(
      clusterOf([
        start(images, 'r/old:1', ['old-a', 'old-b']),
        start(images, 'r/web:1', ['web']),
        start(images, 'r/pdf:v3', ['own', 'pdf-batch']),
      ]),
    );
    expect(radius.found).toMatchObject({
      kind: 'known',
      value: {
        failing: [
          { image: 'r/pdf:v3', platform: 'linux/amd64', nodes: 4, fault: 'wrong-platform-image' },
          { image: 'r/old:1', platform: 'linux/arm64', nodes: 1, fault: 'platform-missing-from-index' },
        ],
        workloads: 4,
        skipped: 0,
        unread: null,
      },
    });
    expect(part.status).toBe('problem');
    const [finding] = part.findings;
    expect(finding?.observed.split('\n')).toEqual([
      '3 of 4 would fail on a node that they may be scheduled to:',
      expect.stringMatching(
        /^docs\/deployment\/pdf-batch \(main\): r\/pdf:v3 on linux\/amd64 \(4 nodes\): wrong-platform-image: /,
      ),
      'docs/deployment/old-a (main), docs/deployment/old-b (main): r/old:1 on linux/arm64 (one node): platform-missing-from-index: the index has nothing for linux/arm64',
    ]);
  });

  it('reads one image once, whoever starts it in whatever way', async () => {
    const images = memoryImages({ 'r/web:1': [AMD64, ARM64] });
    const starts = Array.from({ length: 20 }, (_, at) =>
      start(images, 'r/web:1', [`web-${at}`], { overrides: { ...nothing, args: [`--port=${at}`] } }),
    );
    const { part } = await search(clusterOf(starts));
    expect(images.asked.sort()).toEqual(['open r/web:1 linux/amd64', 'open r/web:1 linux/arm64', 'resolve r/web:1']);
    expect(part).toMatchObject({
      status: 'ok',
      findings: [{ observed: 'none of 20 would fail on a node that it may be scheduled to' }],
    });
  });

  it('goes by the command that the workload gives, and leaves what volumes hide', async () => {
    const images = memoryImages({ 'r/web:1': [AMD64, ARM64] });
    const wrong = { overrides: { ...nothing, command: ['/app/gone'] } };
    const hidden = { mounts: [{ kind: 'configMap', destination: '/app', readOnly: true, noexec: false }] };
    const told = { overrides: { ...nothing, command: ['$(PROGRAM)'] } };
    const { radius, part } = await search(
      clusterOf([
        start(images, 'r/web:1', ['wrong'], wrong),
        start(images, 'r/web:1', ['hidden'], hidden),
        start(images, 'r/web:1', ['told'], told),
      ]),
    );
    expect(radius.found).toMatchObject({ value: { unread: { workloads: 2 } } });
    const { observed } = part.findings[0]!;
    expect(observed).toContain('docs/deployment/wrong (main): r/web:1 on linux/amd64 (4 nodes): entrypoint-not-found');
    expect(observed).toContain('Not to be told for 2 workloads: r/web:1: /app lies in a volume.');
    expect(observed).not.toContain('hidden');
  });

  it('says what it has not looked at, and what it may not see', async () => {
    const published = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`r/app-${at}:1`, [AMD64, ARM64]]));
    const images = memoryImages(published);
    const starts = Object.keys(published).map((image, at) => start(images, image, [`app-${at}`]));
    const denied = { code: 'denied', target: 'cluster prod', message: 'not permitted.' } as const;
    const { part } = await search(clusterOf(starts, [denied]));
    expect(part.status).toBe('unknown');
    expect(part.findings[0]?.observed.split('\n')).toEqual([
      'none of 100 would fail on a node that it may be scheduled to',
      'Not looked at, so as not to hold the verdict up: 30 workloads.',
      'Not seen: cluster prod: not permitted.',
    ]);
    expect(new Set(images.asked.map((question) => question.split(' ')[1])).size).toBe(100);
  });

  it('tells what it has when its time is over', async () => {
    const life = new AbortController();
    let open = 40;
    const images = memoryImages({ 'r/pdf:v3': ARM64, 'r/web:1': [AMD64, ARM64] }, async () => {
      open -= 1;
      if (open === 0) life.abort();
    });
    const starts = Array.from({ length: 90 }, (_, at) =>
      start(images, at === 0 ? 'r/pdf:v3' : 'r/web:1', [`app-${at}`], { images: async () => memoryOf(images) }),
    );
    const { radius } = await search(clusterOf(starts), life.signal);
    if (radius.found.kind === 'probe-failed') throw new Error(radius.found.why.message);
    expect(radius.found.value.workloads).toBe(90);
    expect(radius.found.value.skipped).toBeGreaterThan(40);
    expect(radius.found.value.failing).toMatchObject([{ image: 'r/pdf:v3' }]);
  });

  it('is a finding also where the cluster does not answer, or there was no time to list anything', async () => {
    const { part } = await search(estateWith(async () => failed('unreachable', 'cluster prod', 'does not answer.')));
    expect(part).toMatchObject({ status: 'unknown', findings: [{ observed: 'cluster prod: does not answer.' }] });
    const found = gatherBlastRadius([estateWith(() => new Promise(() => {}))], around, new AbortController().signal);
    expect(found.soFar()).toMatchObject([
      { estate: 'prod', found: { kind: 'probe-failed', why: { code: 'timeout' } } },
    ]);
  });

  it('asks nothing of what schedules nothing', async () => {
    const found = gatherBlastRadius([{ name: 'docker-1' } as Estate], around, new AbortController().signal);
    await found.done;
    expect(found.soFar()).toEqual([]);
  });
});

/** A source of its own for each who asks, so that nothing is remembered between them. */
const memoryOf = (images: MemoryImages): MemoryImages => ({ ...images });
