import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/image/platform.ts';
import { known } from '../../../src/playbook/answer.ts';
import type { InstanceEvidence } from '../../../src/playbook/instance-evidence.ts';
import {
  claimedPlatform,
  metadataIsForeign,
  refusalOfOffered,
  tagOffersHost,
} from '../../../src/playbook/judge/platforms.ts';
import { AMD64, ARM64, configFor, imageFor, incident, refused } from '../incident.ts';
import { accepted, missing } from '../sample-evidence.ts';

const S390X: Platform = { ...AMD64, architecture: 's390x' };
const UNKNOWN: Platform = { os: 'unknown', architecture: 'unknown', variant: null };

const local = (platform: Platform) => ({ localImage: imageFor(platform).localImage });
const tag = (kind: 'index' | 'manifest', ...platforms: (Platform | null)[]): Pick<InstanceEvidence, 'published'> => ({
  published: known({
    reference: 'r:v3',
    digest: 'sha256:3',
    mediaType: 'm',
    kind,
    entries: platforms.map((platform, at) => ({ platform, digest: `sha256:${at}` })),
  }),
});

describe('the platform that an image says it is for', () => {
  it.each<[string, InstanceEvidence, Platform | null]>([
    [
      'is what its published configuration says: engines may answer for the host',
      incident({ ...configFor(ARM64), ...local(AMD64), ...tag('manifest', S390X) }),
      ARM64,
    ],
    [
      'is what the engine says, while the registry is away',
      incident({ ...local(AMD64), ...tag('manifest', ARM64) }),
      AMD64,
    ],
    [
      'is what the tag says, where the engine does not tell',
      incident({ ...local(UNKNOWN), ...tag('manifest', ARM64) }),
      ARM64,
    ],
    [
      'is what the tag says, where the engine has lost the image',
      incident({ localImage: missing, ...tag('manifest', ARM64) }),
      ARM64,
    ],
    ['is not to be had from an index: it has many', incident({ localImage: missing, ...tag('index', ARM64) }), null],
    [
      'is not to be had from a manifest that states none',
      incident({ localImage: missing, ...tag('manifest', null) }),
      null,
    ],
    ['is not to be had from an empty answer', incident({ localImage: missing, ...tag('manifest') }), null],
    ['is unknown when nobody answers', incident({ localImage: missing, published: missing }), null],
  ])('%s', (_what, evidence, platform) => expect(claimedPlatform(evidence)).toEqual(platform));
});

describe('an image’s own metadata', () => {
  it.each<[string, InstanceEvidence, boolean]>([
    ['is foreign when it names another architecture than the host’s', incident(local(ARM64)), true],
    ['fits when it names the host’s', incident(local(AMD64)), false],
    ['is not called foreign while nobody knows the host', incident({ ...local(ARM64), host: missing }), false],
    ['is not called foreign while nobody knows it', incident({ localImage: missing, published: missing }), false],
  ])('%s', (_what, evidence, foreign) => expect(metadataIsForeign(evidence)).toBe(foreign));
});

describe('what the tag has for the host', () => {
  const offered = (platform: Platform, outcome = accepted) => ({ offered: known({ platform, outcome }) });
  it.each<[string, InstanceEvidence, boolean | null]>([
    ['is an image, when the index lists its platform', incident(tag('index', ARM64, AMD64)), true],
    ['is none, when the index does not list it', incident(tag('index', ARM64, S390X)), false],
    ['is none, when an entry states no platform', incident(tag('index', null)), false],
    [
      'is none, when the entry lies: the image behind it is for another',
      incident({ ...tag('index', AMD64), ...offered(ARM64) }),
      false,
    ],
    ['is one, whatever its entry says', incident({ ...tag('index', ARM64), ...offered(AMD64) }), true],
    [
      'is by its entries, while the image behind could not be asked',
      incident({ ...tag('index', AMD64), offered: missing }),
      true,
    ],
    ['is unknown while the registry is away', incident({ published: missing }), null],
    ['is unknown while the host is', incident({ ...tag('index', AMD64), host: missing }), null],
  ])('%s', (_what, evidence, offers) => expect(tagOffersHost(evidence)).toBe(offers));

  const refusal = refused('ENOEXEC', 'empty-file');
  it.each<[string, InstanceEvidence, unknown]>([
    ['is refused by the kernel when its program is broken too', incident(offered(AMD64, refusal)), refusal],
    ['is not refused when it would run', incident(offered(AMD64)), null],
    ['is not called refused when nobody tried', incident({ offered: missing }), null],
    [
      'is not called refused when its files could not be read',
      incident({ offered: known({ platform: AMD64, outcome: null }) }),
      null,
    ],
    ['is not called refused when there is none', incident({ offered: known(null) }), null],
  ])('%s', (_what, evidence, outcome) => expect(refusalOfOffered(evidence)).toBe(outcome));
});
