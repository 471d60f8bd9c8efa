import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/image/platform.ts';
import { known } from '../../../src/playbook/answer.ts';
import type { InstanceEvidence } from '../../../src/playbook/instance-evidence.ts';
import { hostStep } from '../../../src/playbook/steps/host-step.ts';
import { imageStep } from '../../../src/playbook/steps/image-step.ts';
import { probeFailed, worstStatus } from '../../../src/playbook/steps/step.ts';
import { tagStep } from '../../../src/playbook/steps/tag-step.ts';
import { AMD64, ARM64, imageFor } from '../incident.ts';
import { missing, sampleEvidence } from '../sample-evidence.ts';

type Told = Partial<InstanceEvidence>;
const where = sampleEvidence().place;
const V3 = `sha256:${'3'.repeat(64)}`;
const silent = (check: string, command: string) => ({
  status: 'unknown',
  findings: [
    probeFailed(check, command, { code: 'unreachable', target: 'render-01', message: 'it does not answer' }, where),
  ],
});

describe('what the host really is', () => {
  const explain = (set: Told = {}) => hostStep.explain({ ...sampleEvidence(), ...set });
  const command = "docker -H ssh://ops@render-01 info --format '{{.OSType}} {{.Architecture}} {{.KernelVersion}}'";
  it('is what it says of itself', () => {
    expect(explain()).toEqual({
      status: 'ok',
      findings: [
        {
          check: 'Host architecture',
          command,
          observed: 'linux x86_64 6.1.0',
          meaning: 'The host executes linux/amd64 (Debian 12, Docker 20.10.24, runc).',
          decision: 'Whatever is executed here must be built for linux/amd64.',
          where,
        },
      ],
    });
  });

  it('is told with what is odd about it', () => {
    const { host } = sampleEvidence();
    if (host.kind !== 'known') throw new Error('the sample is complete');
    const odd = known({ ...host.value, remarks: ['It is not ready.', 'Its label says arm64.'] });
    expect(explain({ host: odd }).findings[0]?.meaning).toMatch(/ runc\)\. It is not ready\. Its label says arm64\.$/);
  });

  it('is unknown when it does not answer', () => {
    expect(explain({ host: missing })).toEqual(silent('Host architecture', command));
  });
});

describe('the image as it was pulled', () => {
  const explain = (set: Told = {}) => imageStep.explain({ ...sampleEvidence(), ...set });
  const command =
    "docker -H ssh://ops@render-01 image inspect --format '{{.Os}}/{{.Architecture}} {{.RepoDigests}}' registry.corp.io/pdf-renderer:v3";
  const finding = (observed: string, meaning: string, decision: string) => ({
    check: 'Platform of the local image',
    command,
    observed,
    meaning,
    decision,
    where,
  });
  const digest = `registry.corp.io/pdf-renderer@${V3}`;

  it.each<[string, Told, string, string, string]>([
    [
      'is for another platform than the host',
      {},
      'problem',
      'The image is for linux/arm64, the host is linux/amd64: without emulation it cannot run.',
      'Prove it on the file, then go back to a digest that fits, or publish a correct image.',
    ],
    [
      'fits by its own word',
      { localImage: imageFor(AMD64).localImage },
      'ok',
      'By its own word the image fits the host (linux/amd64).',
      'Metadata is a claim: look at the file that is executed.',
    ],
    [
      'may fit a host nobody knows',
      { host: missing },
      'unknown',
      'The image says that it is for linux/arm64; whether that fits is unknown.',
      'Look at the file that is executed.',
    ],
  ])('%s', (_what, set, status, meaning, decision) => {
    const platform = set.localImage ? 'linux/amd64' : 'linux/arm64';
    expect(explain(set)).toEqual({ status, findings: [finding(`${platform} ${digest}`, meaning, decision)] });
  });

  const called = (...repoDigests: string[]) => {
    const { localImage } = sampleEvidence();
    if (localImage.kind !== 'known') throw new Error('the sample is complete');
    return explain({ localImage: known({ ...localImage.value, repoDigests }) }).findings[0]?.observed;
  };
  it('is called by the digest of the repository that the container names', () => {
    expect(called('registry.corp.io/pdf-renderer-2@sha256:a', digest)).toBe(`linux/arm64 ${digest}`);
    expect(called('mirror/pdf@sha256:a', 'other/pdf@sha256:b')).toBe('linux/arm64 mirror/pdf@sha256:a');
    expect(called()).toBe('linux/arm64 sha256:image (no digest: built or loaded on this host)');
  });

  it('is unknown when image or container cannot be looked at', () => {
    expect(explain({ localImage: missing })).toEqual(silent('Platform of the local image', command));
    expect(explain({ instance: missing })).toEqual(
      silent('Container', 'docker -H ssh://ops@render-01 inspect pdf-renderer'),
    );
  });
});

describe('what the tag points to', () => {
  const explain = (set: Told = {}) => tagStep.explain({ ...sampleEvidence(), ...set });
  const command = 'docker buildx imagetools inspect registry.corp.io/pdf-renderer:v3';
  const tag = (kind: 'index' | 'manifest', digest: string, ...entries: [Platform | null, string][]): Told => ({
    published: known({
      reference: 'r:v3',
      digest,
      mediaType: 'm',
      kind,
      entries: entries.map(([platform, own]) => ({ platform, digest: own })),
    }),
  });
  const other = `sha256:${'4'.repeat(64)}`;

  it('is told in whole for a single image that is for another platform', () => {
    expect(explain()).toEqual({
      status: 'problem',
      findings: [
        {
          check: 'Platforms behind the tag',
          command,
          observed: `manifest ${V3}: linux/arm64`,
          meaning: 'The tag is one manifest for one platform, no index, and nothing in it is for linux/amd64.',
          decision: 'Pulling again cannot help: publish linux/amd64 under this tag.',
          where,
        },
        {
          check: 'Local image against the tag',
          command,
          observed: `both ${V3}`,
          meaning: 'The host runs what the tag points to now.',
          decision: 'The published image itself is to be judged.',
          where,
        },
      ],
    });
  });

  it.each<[string, Told, string, string, string, string]>([
    [
      'an index with the host’s platform',
      tag('index', V3, [ARM64, 'a'], [AMD64, 'b']),
      'ok',
      `index ${V3}: linux/arm64, linux/amd64`,
      'The tag is an index of 2; it offers linux/amd64.',
      'If the wrong variant runs here, it was forced, is stale, or its contents lie.',
    ],
    [
      'an index that states nothing',
      tag('index', V3, [null, 'a']),
      'problem',
      `index ${V3}: unstated platform`,
      'The tag is an index of 1, and nothing in it is for linux/amd64.',
      'Pulling again cannot help: publish linux/amd64 under this tag.',
    ],
    [
      'an empty index',
      tag('index', V3),
      'problem',
      `index ${V3}: no platform`,
      'The tag is an index of 0, and nothing in it is for linux/amd64.',
      'Pulling again cannot help: publish linux/amd64 under this tag.',
    ],
    [
      'a host that nobody knows',
      { host: missing },
      'ok',
      `manifest ${V3}: linux/arm64`,
      'The tag is one manifest for one platform, no index.',
      'Compare with the host once it answers.',
    ],
  ])('is told of %s', (_what, set, status, observed, meaning, decision) => {
    const step = explain(set);
    expect(step.status).toBe(status);
    expect(step.findings[0]).toMatchObject({ observed, meaning, decision });
  });

  it.each<[string, Told, string, string, string]>([
    [
      'has moved',
      tag('index', other, [AMD64, 'a']),
      `pulled ${V3}, tag now ${other}`,
      'The tag has moved since this host pulled it.',
      'Judge both: the one that runs here and the one that the next pull brings.',
    ],
    [
      'is an index of what was pulled',
      tag('index', other, [AMD64, V3]),
      `both ${V3}`,
      'The host runs what the tag points to now.',
      'The published image itself is to be judged.',
    ],
  ])('is told to be what was pulled, or not: it %s', (_what, set, observed, meaning, decision) => {
    expect(explain(set).findings[1]).toMatchObject({ observed, meaning, decision });
  });

  it('is not compared with an image that is gone, or was built there', () => {
    const { localImage } = sampleEvidence();
    if (localImage.kind !== 'known') throw new Error('the sample is complete');
    expect(explain({ localImage: missing }).findings).toHaveLength(1);
    expect(explain({ localImage: known({ ...localImage.value, repoDigests: [] }) }).findings).toHaveLength(1);
  });

  it('is unknown when the registry is away, and skipped without a container', () => {
    expect(explain({ published: missing })).toEqual(silent('Published image', command));
    expect(explain({ instance: missing })).toEqual({ status: 'skipped', findings: [] });
  });
});

describe('a step of several instances', () => {
  it('is as bad as the worst of them', () => {
    const of = (...all: Parameters<typeof worstStatus>[0][number]['status'][]) =>
      worstStatus(all.map((status) => ({ status })));
    expect([of(), of('skipped', 'ok'), of('unknown', 'ok'), of('unknown', 'problem', 'ok')]).toEqual([
      'skipped',
      'ok',
      'unknown',
      'problem',
    ]);
  });
});
