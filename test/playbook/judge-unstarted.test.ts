import { describe, expect, it } from 'vitest';
import { failed, known } from '../../src/playbook/answer.ts';
import type { InstanceState } from '../../src/playbook/evidence.ts';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
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
});
