import { describe, expect, it } from 'vitest';
import { known } from '../../../src/playbook/answer.ts';
import { sameAnew } from '../../../src/playbook/remedies/pulled-anew.ts';
import { type OriginCode, UNKNOWN_ORIGIN, type Verdict } from '../../../src/playbook/verdict.ts';
import { incident, refused } from '../incident.ts';
import { accepted, missing, sampleEvidence } from '../sample-evidence.ts';

type Rest = Parameters<typeof incident>[0];
const stalled = (origin: OriginCode): Verdict => ({
  outcome: 'will-not-run',
  fault: 'script-crlf',
  culprit: '/app/x',
  errno: null,
  confidence: 'proved',
  origin: { ...UNKNOWN_ORIGIN, kind: origin },
  summary: '',
});
const inside = { pristine: known({ outcome: accepted, sameFile: false, changedInContainer: true }) };

describe('what a container would be made of anew', () => {
  const V3 = `sha256:${'3'.repeat(64)}`;
  const same = { digest: V3, image: `registry.corp.io/pdf-renderer@${V3}`, platform: 'linux/amd64' };
  const now = (set: object = {}): Rest => {
    const { candidates } = sampleEvidence();
    if (candidates.kind !== 'known') throw new Error('the sample is complete');
    return {
      candidates: known(candidates.value.map((each) => ({ ...each, digest: V3, unusableBecause: null, ...set }))),
    };
  };
  const anew = (rest: Rest, origin: OriginCode = 'unknown') => sameAnew(incident(rest), stalled(origin));

  it('is the tag’s present image, where the old one is stale', () => {
    expect(anew(now(), 'stale-local-image')).toEqual(same);
  });
  it('is the same image, where the container spoilt its own files', () => expect(anew(inside)).toEqual(same));

  it('is the same image, with the layer that has to go, where the host’s copy is spoilt', () => {
    const spoilt = { outcome: accepted, sameFile: false, changedInContainer: false, layer: 2 };
    expect(anew({ pristine: known(spoilt) })).toEqual({ ...same, damagedLayer: 2 });
  });

  it.each<[string, Rest, OriginCode]>([
    ['the present image is not proved to start', now({ unusableBecause: 'would not start' }), 'stale-local-image'],
    ['its platform is not known', now({ platform: null }), 'stale-local-image'],
    ['it was not looked at', now({ digest: 'sha256:x' }), 'stale-local-image'],
    ['nothing could be looked at', { candidates: missing }, 'stale-local-image'],
    ['the registry is away', { ...now(), published: missing }, 'stale-local-image'],
    ['nobody knows what spoilt it', {}, 'unknown'],
    [
      'nothing is spoilt',
      { pristine: known({ outcome: accepted, sameFile: true, changedInContainer: false }) },
      'unknown',
    ],
    [
      'its image would not run either',
      { pristine: known({ outcome: refused('ENOEXEC', 'empty-file'), sameFile: false, changedInContainer: true }) },
      'unknown',
    ],
    ['its image is gone', { ...inside, localImage: missing }, 'unknown'],
  ])('is not told when %s', (_what, rest, origin) => expect(anew(rest, origin)).toEqual({}));

  it('is not told of a container nobody knows, or an image that was never pulled', () => {
    expect(sameAnew({ ...incident(inside), instance: missing }, stalled('unknown'))).toEqual({});
    const { localImage } = sampleEvidence();
    if (localImage.kind !== 'known') throw new Error('the sample is complete');
    expect(anew({ ...inside, localImage: known({ ...localImage.value, repoDigests: [] }) })).toEqual({});
  });
});
