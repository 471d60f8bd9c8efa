import { describe, expect, it } from 'vitest';
import { parseProvenance } from '../../src/image/provenance.ts';

const HEX = 'e8'.repeat(32);
const DIGEST = `sha256:${HEX}`;
const COMMIT = '4b220de5058abfd01ff619c9d2ff6b09a049bea0';
const SUBJECT = [{ name: 'pkg:docker/corp.io/app@v3?platform=linux%2Farm64', digest: { sha256: HEX } }];
const [V02, V1] = ['https://slsa.dev/provenance/v0.2', 'https://slsa.dev/provenance/v1'];
const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const ARM64 = { os: 'linux', architecture: 'arm64', variant: null };

const statement = (predicateType: string | undefined, predicate: unknown, subject: unknown = SUBJECT) => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType,
  predicate,
  subject,
});
const read = (document: unknown) => parseProvenance(JSON.stringify(document), [DIGEST]);

/** As BuildKit 0.11 and later write it with mode=max. */
const buildkit02 = {
  builder: { id: 'https://github.com/docker/buildx/actions/runs/3709599520' },
  buildType: 'https://mobyproject.org/buildkit@v1',
  materials: [
    { uri: 'pkg:docker/docker/buildkit-syft-scanner@stable-1', digest: { sha256: 'b4'.repeat(32) } },
    { uri: 'pkg:docker/alpine@3.17?platform=linux%2Famd64', digest: { sha256: '89'.repeat(32) } },
  ],
  invocation: {
    configSource: { entryPoint: 'Dockerfile' },
    parameters: { frontend: 'dockerfile.v0', args: { 'build-arg:TOKEN': 'hunter2', 'label:a': 'hunter2' } },
    environment: { platform: 'linux/amd64' },
  },
  buildConfig: { llbDefinition: [{ op: { Op: { exec: { meta: { env: ['TOKEN=hunter2'] } } } } }] },
  metadata: {
    buildInvocationID: '46ue2x93k3xj5l463dektwldw',
    buildStartedOn: '2026-11-20T16:39:00.953375437Z',
    buildFinishedOn: '2026-11-20T16:40:01Z',
    'https://mobyproject.org/buildkit@v1#metadata': {
      vcs: { source: 'https://bot:hunter2@git.corp.io/docs/app.git', revision: `${COMMIT}-dirty` },
    },
  },
};

const buildkit1 = {
  buildDefinition: {
    buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
    externalParameters: {
      configSource: {
        uri: 'https://git.corp.io/docs/app.git#refs/tags/v3',
        digest: { sha1: COMMIT },
        path: 'Dockerfile',
      },
      request: { frontend: 'dockerfile.v0', args: { 'build-arg:TOKEN': 'hunter2' } },
    },
    internalParameters: { builderPlatform: 'linux/arm64' },
    resolvedDependencies: buildkit02.materials,
  },
  runDetails: {
    builder: { id: '' },
    metadata: { invocationID: 'yirbp1', startedOn: '2026-11-20T16:39:00Z', finishedOn: '2026-11-20T17:40:00+01:00' },
  },
};

/** As GitHub's attest-build-provenance writes it. */
const github = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: { ref: 'refs/heads/main', repository: 'https://github.com/corp/app', path: '.github/workflows/x.yml' },
    },
    internalParameters: { github: { event_name: 'push', runner_environment: 'github-hosted' } },
    resolvedDependencies: [{ uri: 'git+https://github.com/corp/app@refs/heads/main', digest: { gitCommit: COMMIT } }],
  },
  runDetails: {
    builder: { id: 'https://github.com/corp/app/.github/workflows/x.yml@refs/heads/main' },
    metadata: { invocationId: 'https://github.com/corp/app/actions/runs/9/attempts/1' },
  },
};

/** As GitLab's runner writes it. */
const gitlab = {
  builder: { id: 'https://gitlab.corp.io/docs/app/-/runners/12' },
  buildType: 'https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v15/PROVENANCE.md',
  invocation: {
    configSource: { uri: 'https://gitlab.corp.io/docs/app', digest: { sha256: COMMIT }, entryPoint: 'build' },
    environment: { name: 'arm-runner-2', executor: 'shell', architecture: 'arm64' },
    parameters: { CI_JOB_TOKEN: 'hunter2' },
  },
  metadata: { buildStartedOn: '2026-11-20T16:39:00Z', buildFinishedOn: '2026-11-20T16:40:00Z' },
};

describe('parseProvenance', () => {
  it('reads BuildKit’s in version 0.2', () => {
    expect(read(statement(V02, buildkit02))).toEqual({
      format: 'slsa-v0.2',
      builder: 'https://github.com/docker/buildx/actions/runs/3709599520',
      buildType: 'https://mobyproject.org/buildkit@v1',
      invocation: '46ue2x93k3xj5l463dektwldw',
      runner: null,
      builderPlatform: AMD64,
      imagePlatforms: [ARM64],
      bases: [
        { name: 'docker/buildkit-syft-scanner@stable-1', platform: null, digest: `sha256:${'b4'.repeat(32)}` },
        { name: 'alpine@3.17', platform: AMD64, digest: `sha256:${'89'.repeat(32)}` },
      ],
      source: { repository: 'https://git.corp.io/docs/app.git', ref: null, revision: `${COMMIT}-dirty` },
      startedAt: '2026-11-20T16:39:00.953Z',
      finishedAt: '2026-11-20T16:40:01.000Z',
    });
  });

  it('reads BuildKit’s in version 1', () => {
    expect(read(statement(V1, buildkit1))).toMatchObject({
      format: 'slsa-v1',
      builder: null,
      invocation: 'yirbp1',
      builderPlatform: ARM64,
      source: { repository: 'https://git.corp.io/docs/app.git', ref: 'refs/tags/v3', revision: COMMIT },
      finishedAt: '2026-11-20T16:40:00.000Z',
    });
  });

  it('reads GitHub’s', () => {
    expect(read(statement(V1, github))).toMatchObject({
      builder: 'https://github.com/corp/app/.github/workflows/x.yml@refs/heads/main',
      runner: 'github-hosted',
      invocation: 'https://github.com/corp/app/actions/runs/9/attempts/1',
      builderPlatform: null,
      source: { repository: 'https://github.com/corp/app', ref: 'refs/heads/main', revision: COMMIT },
    });
  });

  it('reads GitLab’s', () => {
    expect(read(statement(V02, gitlab))).toMatchObject({
      builder: 'https://gitlab.corp.io/docs/app/-/runners/12',
      runner: 'arm-runner-2',
      builderPlatform: ARM64,
      source: { repository: 'https://gitlab.corp.io/docs/app' },
    });
  });

  it('reads the names that GitHub has for its runners’ machines', () => {
    const environment = { os: 'ubuntu24', arch: 'X64' };
    expect(read(statement(V02, { invocation: { environment } }))?.builderPlatform).toEqual(AMD64);
    const mac = { os: 'macOS', arch: 'ARM64' };
    expect(read(statement(V02, { invocation: { environment: mac } }))?.builderPlatform).toEqual({
      ...ARM64,
      os: 'darwin',
    });
  });

  it.each([
    [
      'a DSSE envelope',
      (payload: string) => ({ payloadType: 'application/vnd.in-toto+json', payload, signatures: [] }),
    ],
    ['a Sigstore bundle', (payload: string) => ({ mediaType: 'x', dsseEnvelope: { payload, signatures: [] } })],
  ])('opens %s', (_what, wrap) => {
    const payload = Buffer.from(JSON.stringify(statement(V1, github))).toString('base64');
    expect(read(wrap(payload))?.runner).toBe('github-hosted');
  });

  it('keeps no build arguments, no variables and no logins', () => {
    for (const [type, predicate] of [
      [V02, buildkit02],
      [V1, buildkit1],
      [V02, gitlab],
    ] as const) {
      expect(JSON.stringify(read(statement(type, predicate)))).not.toContain('hunter2');
    }
    const uri = `git+https://${'hunter2'.repeat(100)}:x@git.corp.io/app@main`;
    const source = read(statement(V1, { buildDefinition: { externalParameters: { configSource: { uri } } } }))?.source;
    expect(source?.repository).toBe('https://git.corp.io/app');
  });

  it.each([
    ['about another image', statement(V1, github, [{ digest: { sha256: '00'.repeat(32) } }])],
    ['about nothing', statement(V1, github, [])],
    ['about it by another algorithm', statement(V1, github, [{ digest: { sha512: HEX } }])],
    ['of another type', statement('https://spdx.dev/Document', github)],
    ['of no type', statement(undefined, github)],
    ['without a predicate', statement(V1, null)],
    ['no statement', {}],
    ['an envelope that is no base64', { payload: '%%%' }],
    ['an envelope of an envelope', { payload: Buffer.from('{"payload":"e30="}').toString('base64') }],
  ])('is null for what is %s', (_what, document) => {
    expect(read(document)).toBeNull();
  });

  it('takes what is left out, or is of another type, for unknown', () => {
    for (const predicate of [
      {},
      { invocation: 7, metadata: [], buildDefinition: 'x', runDetails: null, materials: {} },
    ]) {
      for (const type of [V02, V1]) {
        const provenance = read(statement(type, predicate, [{ digest: { sha256: HEX } }]));
        expect(provenance).toMatchObject({
          builder: null,
          source: null,
          bases: [],
          startedAt: null,
          imagePlatforms: [],
        });
      }
    }
  });

  it('does not grow with what it is sent', () => {
    const materials = Array.from({ length: 50_000 }, (_, at) => ({ uri: `pkg:docker/x${at}` }));
    const builder = { id: `https://x/${'y'.repeat(8000)}\n` };
    const provenance = read(statement(V02, { materials, builder, metadata: { buildStartedOn: 'x'.repeat(100_000) } }));
    expect(provenance?.bases).toHaveLength(16);
    expect(provenance?.builder?.length).toBe(512);
    expect(provenance?.startedAt).toBeNull();
  });
});
