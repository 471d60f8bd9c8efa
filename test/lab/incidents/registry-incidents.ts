import { deploy, executable, good, imageOf, onArm } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const both = [{ image: good }, { image: onArm }];

const foreignImage = {
  outcome: 'will-not-run',
  fault: 'wrong-platform-image',
  culprit: '/app/render',
  errno: 'ENOEXEC',
  confidence: 'proved',
} as const satisfies Partial<Expected>;

/** What the tag publishes is right, what lies on the host is not: another build would change nothing. */
const onlyTheHost = [{ kind: 'rebuild', fit: ['fixes', 'mitigates'] }] as const;

/** The image as pulled against the tag as published: tags that moved, indexes that lack or lie, mirrors, forced platforms. */
export const registryIncidents: readonly IncidentCase[] = [
  {
    id: 'index-overwritten-by-a-single-platform',
    title: 'A plain docker push replaced the multi-platform index',
    source: 'akitaonrails/ai-memory#427; appleboy/drone-git-push#63; midnight-indexer#1384; field guide: scenario E',
    symptom: 'exec format error after a redeployment of the same tag',
    story: [
      { push: 'latest', index: both, named: 'the-index' },
      { pull: 'latest' },
      { run: 'latest', until: 'running' },
      { setAside: 'before' },
      { push: 'latest', image: onArm },
      { pull: 'latest' },
      { run: 'latest' },
    ],
    expected: {
      ...foreignImage,
      origin: ['tag-overwritten', 'single-platform-push'],
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
      offers: ['the-index'],
    },
  },
  {
    id: 'one-tag-of-many-is-single-platform',
    title: 'Every release is an index; --load and a plain push dropped a platform from the last one',
    source: 'k8s-event-logger#12',
    symptom: 'exec format error with the new release only',
    story: [
      { push: '1.0', index: both },
      { push: '1.1', index: [...both, { attestation: true }] },
      ...deploy('1.2', onArm),
    ],
    expected: {
      ...foreignImage,
      origin: 'single-platform-push',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      offers: ['1.0', '1.1'],
    },
  },
  {
    id: 'platform-forced',
    title: 'DOCKER_DEFAULT_PLATFORM was set in the deployment’s shell',
    source: 'docker/compose#10185; docker/for-mac#6894; field guide: mistake 6',
    symptom: 'the tag has both platforms, and the host pulls the wrong one',
    story: [
      { push: 'v1', index: both },
      { pull: 'v1', platform: 'linux/arm64' },
      { run: 'v1', with: { platform: 'linux/arm64' } },
    ],
    expected: {
      ...foreignImage,
      origin: 'platform-forced',
      must: [{ kind: 'pull-platform', fit: 'fixes' }],
      mustNot: onlyTheHost,
    },
  },
  {
    id: 'stale-local-image',
    title: 'The tag was mended, the host still has the old image',
    source: 'himmelblau-idm/himmelblau#1659',
    symptom: 'exec format error on one host; a fresh host runs the same tag',
    story: [...deploy('prod', onArm), { push: 'prod', index: both, named: 'mended' }],
    expected: {
      ...foreignImage,
      origin: 'stale-local-image',
      must: [{ kind: 'repull', fit: 'fixes' }],
      mustNot: onlyTheHost,
      mayOffer: ['mended'],
    },
  },
  {
    id: 'stale-script',
    title: 'The CRLF was mended under the same tag, the host still has the old image',
    source: 'himmelblau-idm/himmelblau#1659; field guide: mistake 6',
    symptom: 'no such file or directory on one host; a fresh host runs the same tag',
    story: [
      ...deploy('prod', imageOf(executable('/entrypoint.sh', '#!/bin/sh\r\nexec sleep 600\r\n'))),
      { push: 'prod', image: imageOf(executable('/entrypoint.sh', '#!/bin/sh\nexec sleep 600\n')), named: 'mended' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'script-crlf',
      errno: 'ENOENT',
      confidence: 'proved',
      origin: 'stale-local-image',
      must: [{ kind: 'repull', fit: 'fixes' }],
      mayOffer: ['mended'],
    },
  },
  {
    id: 'mirror-dropped-platforms',
    title: 'The mirror copied one platform of the index',
    source: 'podman-container-tools/skopeo#1552; goharbor/harbor#20920',
    symptom: 'exec format error from the mirror; the upstream image runs',
    story: [
      { push: 'v1', index: both },
      { push: 'mirror/v1', image: onArm, named: 'v1-of-the-mirror' },
      { pull: 'mirror/v1' },
      { run: 'mirror/v1' },
    ],
    expected: {
      ...foreignImage,
      origin: 'mirror-dropped-platforms',
      mustNot: onlyTheHost,
      mayOffer: ['v1'],
    },
  },
  {
    id: 'index-lacks-the-platform',
    title: 'buildx pushed one platform with an attestation, and the deployment forces that platform',
    source: 'karpenter#7040; zakura-core/zakura#554',
    symptom: 'no matching manifest; with --platform it is pulled, and fails',
    story: [
      { push: 'v1', index: [{ image: onArm }, { attestation: true }] },
      { pull: 'v1', platform: 'linux/arm64' },
      { run: 'v1', with: { platform: 'linux/arm64' } },
    ],
    expected: {
      ...foreignImage,
      fault: ['wrong-platform-image', 'platform-missing-from-index'],
      origin: ['single-platform-push', 'platform-forced', 'built-on-other-arch'],
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
    },
  },
  {
    id: 'index-entry-lies',
    title: 'docker manifest annotate gave the ARM64 image the name linux/amd64',
    source: 'known cause: an index entry that lies',
    symptom: 'the index shows linux/amd64; what is pulled is linux/arm64',
    story: [{ push: 'v1', index: [{ image: onArm, as: 'linux/amd64' }] }, { pull: 'v1' }, { run: 'v1' }],
    expected: {
      ...foreignImage,
      origin: ['built-on-other-arch', 'single-platform-push', 'unknown'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: ['pull-platform', 'repull'], fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'child-digest-pinned',
    title: 'The deployment is pinned to the digest of the ARM64 entry instead of the index',
    source: 'field guide: guardrail 2',
    symptom: 'exec format error, although the release has both platforms and is deployed by digest',
    story: [
      { push: 'v1', index: both },
      { push: 'arm64-entry', image: onArm },
      { pull: '@arm64-entry' },
      { run: '@arm64-entry' },
    ],
    expected: {
      ...foreignImage,
      mustNot: [{ kind: 'repull', fit: 'fixes' }],
      offers: ['v1'],
    },
  },
  {
    id: 'loaded-on-the-host',
    title: 'The image was copied with docker save and docker load',
    source: 'pwt/docker-sonos-web-arm#2',
    symptom: 'exec format error; the registry has never seen this image',
    story: [{ load: 'v1', image: onArm }, { run: 'v1' }],
    expected: {
      ...foreignImage,
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: ['pull-platform', 'repull'], fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'separate-tags-for-each-architecture',
    title: 'There is a tag for each architecture, and the deployment names the other one’s',
    source: 'mbentley/docker-omada-controller#39',
    symptom: 'constantly restarting; the log repeats exec format error',
    story: [
      { push: '3.2-amd64', image: good },
      ...deploy('3.2-arm64', onArm, { restart: 'unless-stopped' }, 'restarting'),
    ],
    expected: {
      ...foreignImage,
      mustNot: [{ kind: 'pull-platform', fit: 'fixes' }],
      offers: ['3.2-amd64'],
    },
  },
  {
    id: 'tag-of-the-other-architecture',
    title: 'Two build jobs race for the tags of each architecture, and the last one wins',
    source: 'openclaw/openclaw#4574',
    symptom: 'the tag main-amd64 holds an ARM64 image',
    story: [
      { push: 'main-amd64', image: good, named: 'main-amd64-before' },
      { pull: 'main-amd64' },
      { push: 'main-amd64', image: onArm },
      { push: 'main-arm64', image: onArm, named: 'main-arm64' },
      { pull: 'main-amd64' },
      { run: 'main-amd64' },
    ],
    expected: {
      ...foreignImage,
      origin: ['tag-overwritten', 'built-on-other-arch'],
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
      offers: ['main-amd64-before'],
    },
  },
];
