import { describe, expect, it } from 'vitest';
import { failed, known } from '../../src/playbook/answer.ts';
import type { InstanceState } from '../../src/playbook/evidence.ts';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import { reported } from './expect-verdict.ts';
import { incident, mounted } from './incident.ts';
import { missing, sampleEvidence } from './sample-evidence.ts';

const ARM64 = { os: 'linux', architecture: 'arm64', variant: null };

function inState(set: Partial<InstanceState>): InstanceEvidence {
  const evidence = sampleEvidence();
  if (evidence.instance.kind !== 'known') throw new Error('the sample is complete');
  const { value } = evidence.instance;
  return { ...evidence, instance: known({ ...value, state: { ...value.state, ...set } }) };
}

/** A pod whose image was never pulled, from an index. */
function notPulled(error: string, platform: typeof ARM64 | null): InstanceEvidence {
  const digest = `sha256:${'4'.repeat(64)}`;
  const entries = platform ? [{ platform, digest }] : [];
  return {
    ...inState({ status: 'ImagePullBackOff', exitCode: null, error }),
    localImage: missing,
    execution: missing,
    log: missing,
    published: known({ reference: 'r:v3', digest, mediaType: 'm', kind: 'index', entries }),
  };
}

describe('what was never executed', () => {
  it('because the index lacks the platform is proved by the runtime’s words', () => {
    const said = 'no match for platform in manifest: not found';
    expect(judge(notPulled(said, ARM64))).toMatchObject({ fault: 'platform-missing-from-index', confidence: 'proved' });
    expect(judge(notPulled('', ARM64))).toMatchObject({ fault: 'platform-missing-from-index', confidence: 'likely' });
  });

  it('because it cannot be pulled is of another kind, which is named', () => {
    const amd64 = { ...ARM64, architecture: 'amd64' };
    const verdict = judge(notPulled('401 Unauthorized', amd64));
    expect(verdict).toMatchObject({ outcome: 'will-not-run', fault: 'not-exec-format' });
    expect(verdict.summary).toContain('its image cannot be pulled: 401 Unauthorized.');
  });

  it('because no node takes it is of another kind', () => {
    const error = '0/3 nodes are available: 3 Insufficient cpu.';
    const evidence = {
      ...inState({ status: 'Unschedulable', exitCode: null, error }),
      log: missing,
    };
    expect(judge(evidence).summary).toContain('it cannot be scheduled to any node: 0/3 nodes are available');
  });

  it('because a volume hides it is told, where the runtime did not find the file', () => {
    const sample = inState({
      status: 'RunContainerError',
      error: 'exec: "/app/render": stat /app/render: no such file or directory: unknown',
    });
    const instance =
      sample.instance.kind === 'known'
        ? known({
            ...sample.instance.value,
            mounts: [{ kind: 'emptyDir', destination: '/app', readOnly: false, noexec: false }],
          })
        : sample.instance;
    const hidden: InstanceEvidence = {
      ...sample,
      instance,
      log: missing,
      execution: failed('unsupported', 'cluster', 'in a volume.'),
    };
    expect(judge(hidden)).toMatchObject({ fault: 'shadowed-by-mount', culprit: '/app/render', errno: 'ENOENT' });
    expect(judge({ ...hidden, instance: sample.instance }).fault).toBeNull();
  });

  const amd64 = { ...ARM64, architecture: 'amd64' };
  it('is told whole of an index without the platform', () => {
    expect(judge(notPulled('no matching manifest for linux/amd64', ARM64))).toEqual({
      outcome: 'will-not-run',
      fault: 'platform-missing-from-index',
      culprit: null,
      errno: null,
      confidence: 'proved',
      origin: {
        kind: 'single-platform-push',
        confidence: 'possible',
        because: 'the index was published without linux/amd64',
      },
      summary:
        'pdf-renderer on render-01 does not start: registry.corp.io/pdf-renderer:v3 is an index without linux/amd64, which its node needs.',
    });
  });

  it.each<[string, InstanceEvidence, string]>([
    ['an index that has it among others', withEntries('index', ARM64, amd64), 'its image cannot be pulled: denied.'],
    ['a single image', withEntries('manifest', ARM64), 'its image cannot be pulled: denied.'],
    ['a host nobody knows', { ...notPulled('denied', ARM64), host: missing }, 'its image cannot be pulled: denied.'],
    [
      'a registry that is away',
      { ...notPulled('denied', ARM64), published: missing },
      'its image cannot be pulled: denied.',
    ],
    ['no reason', notPulled('', amd64), 'its image cannot be pulled: ImagePullBackOff.'],
    [
      'a reason that ends in dots',
      notPulled('registry.io is slow...', amd64),
      'its image cannot be pulled: registry.io is slow.',
    ],
    [
      'a configuration that is missing',
      { ...inState({ status: 'CreateContainerConfigError', error: '' }), log: missing },
      'its container cannot be configured.',
    ],
  ])('is no missing platform with %s', (_what, evidence, how) => {
    expect(judge(evidence)).toMatchObject({
      outcome: 'will-not-run',
      fault: 'not-exec-format',
      confidence: 'likely',
      summary: `pdf-renderer on render-01 is no exec format error: ${how}`,
    });
  });
});

function withEntries(kind: 'index' | 'manifest', ...platforms: (typeof ARM64)[]): InstanceEvidence {
  const digest = `sha256:${'4'.repeat(64)}`;
  const entries = platforms.map((platform) => ({ platform, digest }));
  return {
    ...notPulled('denied', null),
    published: known({ reference: 'r:v3', digest, mediaType: 'm', kind, entries }),
  };
}

describe('a file below a volume, where nothing could be read', () => {
  const below = (words: string, destination = '/app'): InstanceEvidence => ({
    ...incident({ log: reported(words), facts: { mounts: [mounted('emptyDir', destination)] } }),
    execution: missing,
  });
  it.each([
    ['no such file or directory', 'ENOENT'],
    ['permission denied', 'EACCES'],
    ['exec format error', 'ENOEXEC'],
  ])('is hidden by it: %s', (words, errno) => {
    for (const destination of ['/app', '/app/', '/app//']) {
      expect(judge(below(words, destination))).toMatchObject({
        outcome: 'will-not-run',
        fault: 'shadowed-by-mount',
        culprit: '/app/render',
        errno,
        confidence: 'likely',
        summary: `pdf-renderer on render-01 does not start: the runtime reports ${errno} for /app/render, and a volume (emptyDir) at ${destination} hides what the image has there.`,
      });
    }
  });

  it.each<[string, InstanceEvidence]>([
    ['the errno is of a policy', below('operation not permitted')],
    ['nothing was refused', below('something else')],
    ['only the name begins alike', below('no such file or directory', '/ap')],
    ['all of the container is mounted', below('no such file or directory', '/')],
  ])('is not said to be when %s', (_what, evidence) => expect(judge(evidence).fault).not.toBe('shadowed-by-mount'));
});
