import { describe, expect, it } from 'vitest';
import { actionOf } from '../../src/approval/action-of.ts';
import { known } from '../../src/playbook/answer.ts';
import type { InstanceEvidence, PristineEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import { findRemedies } from '../../src/playbook/remedies/find-remedies.ts';
import { accepted, sampleEvidence } from './sample-evidence.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const DIGEST = `sha256:${'3'.repeat(64)}`;

/** An image for the host whose program is empty there, compared with what is published. */
function damaged(pristine: Partial<PristineEvidence> = {}): InstanceEvidence {
  const sample = sampleEvidence();
  const { localImage, execution } = sample;
  if (localImage.kind !== 'known' || execution.kind !== 'known') throw new Error('the sample is incomplete');
  const outcome = { ...execution.value.outcome, fault: 'empty-file' as const };
  return {
    ...sample,
    localImage: known({ ...localImage.value, platform: AMD64 }),
    published: known({
      ...{ reference: 'registry.corp.io/pdf-renderer:v3', digest: DIGEST, mediaType: 'm', kind: 'manifest' as const },
      entries: [{ platform: AMD64, digest: DIGEST }],
    }),
    execution: known({ ...execution.value, outcome }),
    pristine: known({ outcome: accepted, sameFile: false, changedInContainer: false, ...pristine }),
  };
}

const repullOf = (evidence: InstanceEvidence) =>
  findRemedies(evidence, judge(evidence)).find(({ kind }) => kind === 'repull');

describe('an image that is damaged on the host alone', () => {
  it('is fetched anew: the same digest, and the layer that has to go', () => {
    expect(judge(damaged()).fault).toBe('node-corruption');
    const remedy = repullOf(damaged({ layer: 3 }));
    expect(remedy).toMatchObject({ fit: 'fixes', digest: DIGEST, platform: 'linux/amd64', damagedLayer: 3 });
    expect(remedy?.image).toBe(`registry.corp.io/pdf-renderer@${DIGEST}`);
    expect(remedy && actionOf(remedy)).toBe('repull');
  });

  it('counts as damaged from the bottom when nobody knows the layer', () => {
    expect(repullOf(damaged())?.damagedLayer).toBe(0);
  });

  it('is left alone when the container itself has written the file: a new container is enough', () => {
    const remedy = repullOf(damaged({ changedInContainer: true, layer: 3 }));
    expect(remedy).toMatchObject({ fit: 'fixes', digest: DIGEST });
    expect(remedy).not.toHaveProperty('damagedLayer');
  });

  it.each([
    ['nobody knows whether the container wrote the file', { changedInContainer: null }],
    ['the files could not be compared', { sameFile: null }],
    [
      'the published image might not start',
      { outcome: { ...accepted, suspicion: { fault: 'cpu-level' as const, culprit: '/app/render', because: '' } } },
    ],
  ])('is nothing to be carried out when %s', (_, pristine) => {
    expect(repullOf(damaged(pristine))?.digest).toBeUndefined();
  });

  it('is nothing to be carried out when it was built or loaded there: no digest is known', () => {
    const evidence = damaged();
    if (evidence.localImage.kind !== 'known') throw new Error('the sample is incomplete');
    const localImage = known({ ...evidence.localImage.value, repoDigests: [] });
    expect(repullOf({ ...evidence, localImage })?.digest).toBeUndefined();
  });
});
