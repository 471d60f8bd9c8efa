import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/image/platform.ts';
import { known } from '../../../src/playbook/answer.ts';
import type { InstanceEvidence, RollbackCandidate } from '../../../src/playbook/instance-evidence.ts';
import { findOrigin } from '../../../src/playbook/origin/find-origin.ts';
import type { Origin } from '../../../src/playbook/verdict.ts';
import { AMD64, ARM64, imageFor, incident, refused } from '../incident.ts';
import { missing, sampleCandidate } from '../sample-evidence.ts';

const V3 = `sha256:${'3'.repeat(64)}`;
const OLD = `sha256:${'1'.repeat(64)}`;
const REPOSITORY = 'registry.corp.io/pdf-renderer';
const S390X: Platform = { ...AMD64, architecture: 's390x' };

/** What the tag points to now. */
const tag = (kind: 'index' | 'manifest', platforms: (Platform | null)[], reference = `${REPOSITORY}:v3`) =>
  known({
    reference,
    digest: V3,
    mediaType: 'm',
    kind,
    entries: platforms.map((platform, at) => ({ platform, digest: `sha256:${at}` })),
  });
/** An arm64 image on an amd64 host, pulled by the digest that the tag has, or another one. */
const pulled = (...digests: readonly string[]): InstanceEvidence['localImage'] => {
  const { localImage } = imageFor(ARM64);
  if (localImage.kind !== 'known') throw new Error('it is known');
  return known({ ...localImage.value, repoDigests: digests.map((digest) => `${REPOSITORY}@${digest}`) });
};
const candidate = (set: Partial<RollbackCandidate>) =>
  sampleCandidate({ image: `${REPOSITORY}@${OLD}`, digest: OLD, ...set });

const foreign = (rest: Partial<Omit<InstanceEvidence, 'instance' | 'execution' | 'log'>> = {}): InstanceEvidence =>
  incident({ localImage: pulled(V3), published: tag('manifest', [ARM64]), candidates: known([]), ...rest });
const originOf = (evidence: InstanceEvidence) => findOrigin(evidence, 'wrong-platform-image', '/app/render');

describe('an image for another platform', () => {
  it.each<[string, InstanceEvidence, Origin]>([
    [
      'was forced when the tag has one for the host, and yet this one was pulled through it',
      foreign({ published: tag('index', [AMD64, ARM64]) }),
      {
        kind: 'platform-forced',
        confidence: 'likely',
        because:
          'the tag offers linux/amd64, and yet linux/arm64 was pulled: somebody asked for that platform (--platform, DOCKER_DEFAULT_PLATFORM, `platform:` in a Compose file)',
      },
    ],
    [
      'is stale when the tag has one for the host now, by another digest',
      foreign({ published: tag('index', [AMD64, ARM64]), localImage: pulled(OLD) }),
      {
        kind: 'stale-local-image',
        confidence: 'likely',
        because: 'the tag points to linux/amd64 now, the host still has the linux/arm64 image that it pulled before',
      },
    ],
    [
      'is stale when the tag is a single image for the host now',
      foreign({ published: tag('manifest', [AMD64]), localImage: pulled(OLD) }),
      expect.objectContaining({ kind: 'stale-local-image' }) as Origin,
    ],
    [
      'was dropped by a mirror when the registry that it mirrors has one for the host',
      foreign({ upstream: tag('index', [AMD64, ARM64], 'docker.io/corp/pdf:v3') }),
      {
        kind: 'mirror-dropped-platforms',
        confidence: 'likely',
        because: `docker.io/corp/pdf:v3 has linux/amd64, ${REPOSITORY}:v3 has not: what copied it took one platform only`,
      },
    ],
    [
      'was pushed over the one that lies on the host without a tag',
      foreign({ candidates: known([candidate({}), candidate({ hadTag: true })]) }),
      {
        kind: 'tag-overwritten',
        confidence: 'likely',
        because: `the same tag pointed to ${OLD} (linux/amd64) before: a linux/arm64 image was pushed over it`,
      },
    ],
    [
      'was pushed alone when the tag is an index of it alone',
      foreign({ published: tag('index', [ARM64, ARM64]) }),
      {
        kind: 'single-platform-push',
        confidence: 'likely',
        because: 'the tag is an index of linux/arm64 alone: it was built and pushed for one platform',
      },
    ],
    [
      'was pushed alone when the repository’s other images are indexes',
      foreign({ candidates: known([candidate({}), candidate({ kind: 'index', knownAs: 'v1' })]) }),
      {
        kind: 'single-platform-push',
        confidence: 'likely',
        because:
          'v1 is an index of several platforms, this tag is a single linux/arm64 manifest: it was pushed by a plain docker push, or built with --load',
      },
    ],
    [
      'was pushed alone, by the digest of an index that has no name',
      foreign({ candidates: known([candidate({ kind: 'index', knownAs: null })]) }),
      expect.objectContaining({ because: expect.stringMatching(`^${OLD} is an index`) }) as Origin,
    ],
    [
      'was built elsewhere when the one before it fitted',
      foreign({ candidates: known([candidate({})]) }),
      {
        kind: 'built-on-other-arch',
        confidence: 'likely',
        because:
          'the tag is a single linux/arm64 manifest, while v2 before it was linux/amd64: the build ran on a machine of that architecture',
      },
    ],
    [
      'may have been built elsewhere when nothing tells more',
      foreign({ candidates: known([candidate({ unusableBecause: 'would not start' })]) }),
      {
        kind: 'built-on-other-arch',
        confidence: 'possible',
        because: 'the tag is a single linux/arm64 manifest: the build ran on a machine of that architecture',
      },
    ],
    [
      'names the one before it by its digest when it has no name',
      foreign({ candidates: known([candidate({ knownAs: null })]) }),
      expect.objectContaining({ because: expect.stringContaining(`while ${OLD} before it`) }) as Origin,
    ],
  ])('%s', (_what, evidence, origin) => expect(originOf(evidence)).toEqual(origin));

  const both = tag('index', [AMD64, ARM64]);
  const broken = known({ platform: AMD64, outcome: refused('ENOEXEC', 'empty-file') });
  const lying = known({ platform: ARM64, outcome: null });
  const upstream = tag('index', [ARM64, null]);
  it.each<[string, InstanceEvidence]>([
    ['of which the tag’s other image would not start either', foreign({ published: both, offered: broken })],
    [
      'of which a fresh pull would not start either',
      foreign({ published: both, localImage: pulled(OLD), offered: broken }),
    ],
    ['of which the index lies', foreign({ published: both, offered: lying })],
    [
      'that was built or loaded there',
      foreign({
        published: both,
        localImage: pulled(),
      }),
    ],
    [
      'that is gone from the host while nobody knows what it was for',
      foreign({ published: both, localImage: missing }),
    ],
    ['of an index of several, without the host’s', foreign({ published: tag('index', [ARM64, S390X]) })],
    ['of an index that states none', foreign({ published: tag('index', [null]) })],
    ['while the registry is away', foreign({ published: missing })],
    ['of which the mirrored registry has no more, and the tag nothing', foreign({ published: missing, upstream })],
    ['while the host is not known', { ...foreign(), host: missing }],
    ['while the container is not known', { ...foreign(), instance: missing }],
    ['that is for the host’s own', foreign({ localImage: imageFor(AMD64).localImage })],
  ])('has no origin that could be told: %s', (_what, evidence) => expect(originOf(evidence)).toBeNull());

  it('is looked up by the repository that the container names', () => {
    const { localImage } = imageFor(ARM64);
    if (localImage.kind !== 'known') throw new Error('it is known');
    const repoDigests = [`mirror.corp.io/pdf@${OLD}`, `${REPOSITORY}@${V3}`];
    const evidence = foreign({ published: both, localImage: known({ ...localImage.value, repoDigests }) });
    expect(originOf(evidence)).toMatchObject({ kind: 'platform-forced' });
  });

  it('is not told of an index that lists only the host’s platform, which lies', () => {
    expect(originOf(foreign({ published: tag('index', [AMD64]), offered: lying }))).toBeNull();
  });
});
