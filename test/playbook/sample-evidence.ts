import type { Outcome } from '../../src/kernel/outcome.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import type { InstanceEvidence, RollbackCandidate } from '../../src/playbook/instance-evidence.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const ARM64 = { os: 'linux', architecture: 'arm64', variant: null };
const V2 = `sha256:${'2'.repeat(64)}`;
const V3 = `sha256:${'3'.repeat(64)}`;
const REPOSITORY = 'registry.corp.io/pdf-renderer';

/** What fails, for evidence that is missing. */
export const missing = failed('unreachable', 'render-01', 'it does not answer');

const foreign: Outcome = {
  outcome: 'ENOEXEC',
  culprit: '/app/render',
  errno: 8,
  exit: null,
  fault: 'wrong-arch-binary',
  because: '/app/render is ELF for arm64; the host executes amd64.',
  culpritIs: 'ELF 64-bit LSB executable, ARM aarch64',
  suspicion: null,
  chain: ['/app/render'],
};

export const accepted: Outcome = {
  ...foreign,
  outcome: 'runs',
  culprit: null,
  errno: null,
  fault: 'none',
  because: 'The kernel executes it.',
};

/** The pdf-renderer incident on render-01, complete; a test takes away or changes what it is about. */
export function sampleEvidence(): InstanceEvidence {
  const kernel = {
    os: 'linux',
    arch: 'amd64',
    variant: null,
    pageSize: null,
    compat32: null,
    kernel: '6.1',
    binfmt: null,
    mmapMinAddr: null,
    vaBits: null,
  };
  return {
    place: { kind: 'docker', host: 'render-01', container: 'pdf-renderer' },
    cli: 'docker -H ssh://ops@render-01',
    at: new Date('2026-11-21T09:00:00Z'),
    host: known({
      machine: 'x86_64',
      platform: AMD64,
      kernelVersion: '6.1.0',
      operatingSystem: 'Debian 12',
      engine: 'Docker 20.10.24',
      runtime: 'runc',
      kernel,
    }),
    instance: known({
      place: { kind: 'docker', host: 'render-01', container: 'pdf-renderer' },
      id: 'c1',
      createdAt: '2026-11-21T08:00:00Z',
      state: {
        status: 'restarting',
        exitCode: 1,
        error: '',
        oomKilled: false,
        restartCount: 12,
        startedAt: '2026-11-21T08:59:50Z',
        finishedAt: '2026-11-21T08:59:50Z',
        health: null,
      },
      imageReference: `${REPOSITORY}:v3`,
      imageId: 'sha256:image',
      argv: ['/app/render'],
      path: '/bin',
      workingDir: '/',
      user: '',
      mounts: [],
      init: false,
      security: { seccomp: null, apparmor: null, selinux: null },
      restartPolicy: 'unless-stopped',
      managedBy: null,
    }),
    localImage: known({
      id: 'sha256:image',
      tags: [`${REPOSITORY}:v3`],
      repoDigests: [`${REPOSITORY}@${V3}`],
      platform: ARM64,
      createdAt: null,
    }),
    published: known({
      reference: `${REPOSITORY}:v3`,
      digest: V3,
      mediaType: 'm',
      kind: 'manifest',
      entries: [{ platform: ARM64, digest: V3 }],
    }),
    imageConfig: missing,
    execution: known({ outcome: foreign, readFrom: 'container', alternatives: [], inner: null }),
    pristine: missing,
    build: known(null),
    provenance: known(null),
    upstream: known(null),
    offered: known(null),
    shared: known(null),
    log: known({ lines: ['exec /app/render: exec format error'], truncated: false }),
    pool: null,
    history: null,
    candidates: known([
      sampleCandidate({ image: `${REPOSITORY}@${V2}`, digest: V2 }),
      sampleCandidate({
        ...{ image: `${REPOSITORY}@sha256:bad`, digest: 'sha256:bad', knownAs: 'v1', wasHere: false },
        ...{ platform: 'linux/arm64', outcome: foreign, unusableBecause: 'would not start' },
      }),
    ]),
  };
}

/** The sample with another state of the container. */
export function withState(
  set: Partial<{ status: string; exitCode: number; restartCount: number; oomKilled: boolean; startedAt: string }>,
): InstanceEvidence {
  const evidence = sampleEvidence();
  if (evidence.instance.kind !== 'known') throw new Error('the sample is complete');
  const { value } = evidence.instance;
  return { ...evidence, instance: known({ ...value, state: { ...value.state, ...set } }) };
}

/** What ran on the host before and would start there, with what a test is about set by it. */
export function sampleCandidate(set: Partial<RollbackCandidate> & Pick<RollbackCandidate, 'image' | 'digest'>) {
  const sample: RollbackCandidate = {
    knownAs: 'v2',
    wasHere: true,
    hadTag: false,
    ran: null,
    kind: 'manifest',
    platform: 'linux/amd64',
    outcome: accepted,
    unusableBecause: null,
    ...set,
  };
  return sample;
}
