import { describe, expect, it } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import { hintsFor } from '../../src/playbook/hints.ts';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import { sampleEvidence } from './sample-evidence.ts';

const platformsOf = (...names: readonly string[]) => names.flatMap((name) => parsePlatform(name) ?? []);
const EVERY = 'publish every platform under one tag';
const CHECK = 'check what was published before it is deployed';
/** The hint by its name, of the incident of the samples: an image for arm64 alone, on amd64. */
function find(what: string, meant: readonly string[], set: Partial<InstanceEvidence> = {}) {
  const evidence = { ...sampleEvidence(), ...set };
  const verdict = {
    ...judge(evidence),
    origin: { kind: 'built-on-other-arch', confidence: 'likely', because: 'x' } as const,
  };
  const found = hintsFor(verdict, evidence, platformsOf(...meant)).find(({ check }) => check === `Prevention: ${what}`);
  if (found === undefined) throw new Error(`there is no hint to ${what}`);
  return found;
}
function publishes(...entries: readonly (string | null)[]): Partial<InstanceEvidence> {
  const { published } = sampleEvidence();
  if (published.kind !== 'known') throw new Error('the sample was read');
  const platform = (name: string | null) => (name === null ? null : parsePlatform(name));
  const index = entries.map((name, at) => ({ platform: platform(name), digest: `sha256:${at}` }));
  return { published: known({ ...published.value, kind: 'index', entries: index }) };
}

describe('the platforms that a service is meant for', () => {
  it('are named where its tag lacks them', () => {
    const { observed } = find(EVERY, ['linux/amd64', 'linux/arm64', 'linux/s390x']);
    expect(observed).toBe(
      'origin: built-on-other-arch; the tag has no linux/amd64, linux/s390x, which the service is meant for',
    );
  });

  it('stand in the lines to paste', () => {
    const meant = ['linux/amd64', 'linux/s390x'];
    expect(find(EVERY, meant).command).toContain('--platform linux/amd64,linux/s390x --tag');
    expect(find(CHECK, meant).command).toMatch(/:v3 --platform linux\/amd64 --platform linux\/s390x$/);
  });

  it('go with the host’s own, where that is another', () => {
    expect(find(EVERY, ['linux/arm64']).command).toContain('--platform linux/arm64,linux/amd64 ');
    expect(find(CHECK, ['linux/arm64']).command).toMatch(/--platform linux\/arm64 --platform linux\/amd64$/);
  });

  it('leave all as it was where nobody says any', () => {
    expect(find(EVERY, [])).toMatchObject({ observed: 'origin: built-on-other-arch' });
    expect(find(EVERY, []).command).toContain('--platform linux/amd64,linux/arm64 ');
    expect(find(CHECK, []).command).toMatch(/:v3 --platform linux\/amd64$/);
  });

  it.each<[string, Partial<InstanceEvidence>]>([
    ['it has them all', publishes('linux/amd64', 'linux/arm64/v8')],
    ['an entry states no platform', publishes('linux/arm64', null)],
    ['nobody could read it', { published: failed('timeout', 'registry.corp.io', 'it did not answer.') }],
  ])('are not called lacking where %s', (_why, set) => {
    expect(find(EVERY, ['linux/amd64', 'linux/arm64'], set).observed).toBe('origin: built-on-other-arch');
  });

  it('are lacking where only a 32-bit entry would stand in', () => {
    const { observed } = find(EVERY, ['linux/amd64'], publishes('linux/386', 'linux/arm64'));
    expect(observed).toContain('the tag has no linux/amd64');
  });

  it('ask for an index even where the origin does not', () => {
    const evidence = sampleEvidence();
    const unknown = { kind: 'unknown', confidence: 'possible', because: 'x' } as const;
    const checks = hintsFor({ ...judge(evidence), origin: unknown }, evidence, platformsOf('linux/amd64')).map(
      ({ check }) => check,
    );
    expect(checks).toEqual([`Prevention: ${EVERY}`]);
  });

  it('are not put into an image’s name', () => {
    const { instance } = sampleEvidence();
    if (instance.kind !== 'known') throw new Error('the sample was read');
    const named = known({ ...instance.value, imageReference: 'corp.io/app:ARCH-PLATFORM' });
    expect(find(CHECK, [], { instance: named }).command).toBe(
      'execfmt check corp.io/app:ARCH-PLATFORM --platform linux/amd64',
    );
  });
});
