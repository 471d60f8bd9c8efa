import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architectureInName, platformsIn } from '../../src/playbook/architecture-words.ts';
import { createBuildLogReader, readBuildLog } from '../../src/playbook/read-build-log.ts';
import { redact } from '../../src/view/redact.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const read = (...lines: string[]) => readBuildLog(lines.join('\n'), redact);
const claims = (...lines: string[]) =>
  read(...lines).claims.map(({ kind, os, architecture, line }) => [kind, os, architecture, line.number]);

/** As gitlab-runner 17 writes it, with its section markers and colours. */
const GITLAB = [
  '\u001b[0KRunning with gitlab-runner 17.5.3 (12345678)\u001b[0;m',
  '\u001b[0K  on corp-arm64-02 seEosqdXy, system ID: r_Uy8vX4NqW6MQ\u001b[0;m',
  'section_start:1732179600:prepare_executor\r\u001b[0K\u001b[0K\u001b[36;1mPreparing the "docker" executor\u001b[0;m\u001b[0;m',
  'section_end:1732179601:prepare_executor\r\u001b[0Ksection_start:1732179601:prepare_script\r\u001b[0K\u001b[0K\u001b[36;1mPreparing environment\u001b[0;m\u001b[0;m',
  'Running on runner-seeosqdxy-project-7-concurrent-0 via build-07.corp.io...',
  '\u001b[32;1m$ uname -m\u001b[0;m',
  'aarch64',
  '\u001b[32;1m$ docker build --build-arg NPM_TOKEN=hunter2hunter2 -t registry.corp.io/pdf-renderer:v3 .\u001b[0;m',
  'built amd64/linux',
  '\u001b[32;1m$ docker push registry.corp.io/pdf-renderer:v3\u001b[0;m',
  'The push refers to repository [registry.corp.io/pdf-renderer]',
  `v3: digest: ${DIGEST} size: 1784`,
  '\u001b[32;1mJob succeeded\u001b[0;m',
  '',
];

describe('the log of a GitLab job', () => {
  it('tells the runner, the commands, the claims and what was pushed', () => {
    expect(read(...GITLAB)).toEqual({
      runnerName: 'corp-arm64-02',
      machineName: 'build-07.corp.io',
      runnerImage: null,
      executor: 'docker',
      claims: [
        { kind: 'measured', os: null, architecture: 'arm64', line: { number: 7, text: 'aarch64' } },
        { kind: 'said', os: 'linux', architecture: 'amd64', line: { number: 9, text: 'built amd64/linux' } },
      ],
      commands: [
        {
          number: 8,
          text: 'docker build --build-arg NPM_TOKEN=[left out] -t registry.corp.io/pdf-renderer:v3 .',
        },
      ],
      pushed: [
        {
          reference: 'registry.corp.io/pdf-renderer:v3',
          digest: DIGEST,
          line: { number: 12, text: `v3: digest: ${DIGEST} size: 1784` },
        },
      ],
      lineCount: 13,
      truncated: false,
    });
  });

  it('is read the same with the runner’s own timestamps', () => {
    const stamped = GITLAB.map((line) => (line === '' ? '' : `2026-11-21T09:00:00.123456Z 00O ${line}`));
    expect(read(...stamped)).toEqual(read(...GITLAB));
  });

  it('takes the first name only: later ones are what the build printed', () => {
    const more = ['Running with gitlab-runner 1.0', '  on corp-amd64-01 seEosqd', 'Running on x via corp-amd64-01...'];
    expect(read(...GITLAB, ...more)).toMatchObject({ runnerName: 'corp-arm64-02', machineName: 'build-07.corp.io' });
  });
});

describe('the logs of older runners of GitLab', () => {
  it.each<[string[], object]>([
    [
      [
        'Running with gitlab-ci-multi-runner 9.5.1 (96b34cc)',
        '  on Docker runner (1bd8b63d)',
        'Using Docker executor with image alpine ...',
      ],
      { runnerName: 'Docker runner', executor: 'docker' },
    ],
    [
      [
        'Running with gitlab-runner 11.1.0 (081978aa)',
        '  on example-repo c443ee6d',
        'Using Shell executor...',
        'Running on gitlab...',
      ],
      { runnerName: 'example-repo', executor: 'shell', machineName: 'gitlab' },
    ],
    [
      [
        'Running with gitlab-runner 13.1.0 (6214287e)',
        '  on centos7-zk3.5.8 DymGwyRL',
        'Preparing the "docker" executor',
      ],
      { runnerName: 'centos7-zk3.5.8', executor: 'docker' },
    ],
  ])('%j', (lines, expected) => {
    expect(read(...lines)).toMatchObject(expected);
  });
});

describe('the log of a GitHub job', () => {
  const stamp = (line: string, index: number) => `${index === 0 ? '\uFEFF' : ''}2026-11-21T09:00:00.1234567Z ${line}`;
  const log = read(
    ...[
      "Current runner version: '2.336.0'",
      "Runner name: 'builder-7'",
      "Runner group name: 'Default'",
      "Machine name: 'ip-10-0-0-7'",
      '##[group]Runner Image',
      'Image: ubuntu-24.04-arm',
      '##[endgroup]',
      '##[group]Run docker buildx build --platform linux/amd64,linux/arm64 --push -t ghcr.io/corp/x:v3 .',
      '[command]/usr/bin/docker buildx build --platform linux/amd64 .',
      '#5 [linux/arm64 1/4] FROM docker.io/library/node:20-alpine',
      '#6 [linux/amd64->arm64 build 2/3] RUN go build',
      `#12 pushing manifest for ghcr.io/corp/x:v3@${DIGEST} 0.4s done`,
    ].map(stamp),
  );

  it('tells the runner, its machine and its image', () => {
    expect(log).toMatchObject({ runnerName: 'builder-7', machineName: 'ip-10-0-0-7', runnerImage: 'ubuntu-24.04-arm' });
  });

  it('tells what was asked for, what was said and what was pushed', () => {
    expect(log.commands.map(({ number }) => number)).toEqual([8, 9]);
    expect(log.claims.map(({ kind, architecture }) => `${kind} ${architecture}`)).toEqual([
      'asked amd64',
      'asked arm64',
      'said arm64',
    ]);
    expect(log.pushed).toMatchObject([{ reference: 'ghcr.io/corp/x:v3', digest: DIGEST }]);
  });
});

describe('claims of an architecture', () => {
  it.each<[string[], unknown[]]>([
    [['+ uname -m', 'x86_64'], [['measured', null, 'amd64', 2]]],
    [['$ dpkg --print-architecture', 'arm64'], [['measured', null, 'arm64', 2]]],
    [['$ docker info', ' Architecture: aarch64'], [['measured', null, 'arm64', 2]]],
    [[' OS/Arch:           linux/arm64'], [['measured', 'linux', 'arm64', 1]]],
    [['$ docker build --platform=linux/amd64 .'], [['asked', 'linux', 'amd64', 1]]],
    [["  --platform 'linux/s390x' \\"], [['asked', 'linux', 's390x', 1]]],
    [['#6 [linux/amd64->arm64 build 2/3] RUN x'], [['asked', 'linux', 'arm64', 1]]],
    [['image for linux/arm/v7, done'], [['said', 'linux', 'arm', 1]]],
    [
      ['Run docker/build-push-action@v6', 'with:', '  platforms: linux/amd64,linux/arm64'],
      [
        ['asked', 'linux', 'amd64', 3],
        ['asked', 'linux', 'arm64', 3],
      ],
    ],
    [['Run docker/setup-qemu-action@v3', 'with:', '  platforms: linux/arm64'], []],
    [['  "platforms": "linux/arm64,linux/amd64",'], []],
    [['x86_64'], []],
    [['GET https://dl.k8s.io/v1.30/bin/linux/amd64/kubectl'], []],
    [['go: golang.org/toolchain@v0.0.1-go1.24.linux-amd64'], []],
    [['COPY --from=build /out/linux/amd64 /app'], []],
    [['$ docker build --platform=$BUILDPLATFORM .'], []],
  ])('%j', (lines, expected) => {
    expect(claims(...lines)).toEqual(expected);
  });

  it('reads platforms either way round', () => {
    expect(platformsIn('linux/ARM64/v8 and amd64/linux, windows/amd64.')).toEqual([
      { os: 'linux', architecture: 'arm64' },
      { os: 'linux', architecture: 'amd64' },
      { os: 'windows', architecture: 'amd64' },
    ]);
  });

  it.each([
    ['corp-arm64-02', 'arm64'],
    ['gitlab-runner-ARM64-02', 'arm64'],
    ['X64', 'amd64'],
    ['saas-linux-small-amd64', 'amd64'],
    ['linux_x86_64', 'amd64'],
    ['build x86_64', 'amd64'],
    ['aarch64.corp.io', 'arm64'],
    ['arm-02', null],
    ['charm64', null],
    ['amd64-and-arm64', null],
    ['', null],
  ])('the name %j is of %j', (name, expected) => {
    expect(architectureInName(name)).toBe(expected);
  });
});

describe('images that were pushed', () => {
  it.each<[string[], unknown[]]>([
    [[`v3: digest: ${DIGEST} size: 1`], [[null, DIGEST]]],
    [[`INFO[0042] Pushed registry.corp.io:5000/x@${DIGEST}`], [['registry.corp.io:5000/x', DIGEST]]],
    [[`ghcr.io/corp/x@${DIGEST}`], [['ghcr.io/corp/x', DIGEST]]],
    [
      [`v3: digest: ${DIGEST} size: 1`, `latest: digest: ${DIGEST} size: 1`, `v4: digest: ${OTHER} size: 1`],
      [
        [null, DIGEST],
        [null, OTHER],
      ],
    ],
    [[`#4 FROM docker.io/library/node:20@${DIGEST}`], []],
    [[`Digest: ${DIGEST}`], []],
    [['v3: digest: sha256:abc size: 1'], []],
  ])('%j', (lines, expected) => {
    expect(read(...lines).pushed.map(({ reference, digest }) => [reference, digest])).toEqual(expected);
  });
});

describe('commands that build', () => {
  it.each<[string, boolean]>([
    ['$ docker build .', true],
    ['+ DOCKER_BUILDKIT=1 sudo /usr/bin/docker buildx build --push .', true],
    ['$ cd app && docker compose build web', true],
    ['Run buildah bud -t x .', true],
    ['Run docker/build-push-action@v6', true],
    ['Run docker/login-action@v3', false],
    ['$ podman build .', true],
    ['$ /kaniko/executor --context . --destination registry/x:v3', true],
    ['$ docker buildx bake', true],
    ['$ docker builder prune', false],
    ['$ docker run app build', false],
    ['$ echo docker build', false],
    ['$ npm run build', false],
    ['see docs/docker build', false],
  ])('%j: %j', (line, expected) => {
    expect(read(line).commands.length > 0).toBe(expected);
  });

  it.each(['A= ', 'env ', 'a/', '( ', 'linux/', '--platform ', 'executor '])(
    'are looked for in a line full of %j',
    (part) => {
      expect(read(part.repeat(4_000))).toMatchObject({ lineCount: 1, commands: [] });
    },
  );
});

describe('any log', () => {
  it('shows no secrets and no long lines', () => {
    const token = `glpat-${'x1'.repeat(10)}`;
    const log = read(`$ docker build --label t=${token} -t ${'x'.repeat(900)} .`, `built linux/arm64 with ${token}`);
    expect(JSON.stringify(log)).not.toContain(token);
    expect(log.commands[0]?.text).toHaveLength(300);
  });

  it('is read the same in whatever parts it comes', () => {
    const text = GITLAB.join('\n');
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const reader = createBuildLogReader(redact);
        const ends = [...cuts.sort((a, b) => a - b), text.length];
        ends.forEach((end, index) => {
          reader.add(text.slice(ends[index - 1] ?? 0, end));
        });
        expect(reader.end(false)).toEqual(readBuildLog(text, redact));
      }),
    );
  });

  it('has at most thirty lines of a kind', () => {
    const many = Array.from({ length: 500 }, (_, index) => `$ docker build -t x:${index} .`);
    expect(read(...many)).toMatchObject({ commands: { length: 30 }, lineCount: 500 });
  });

  it('does not hold a line without an end', () => {
    const reader = createBuildLogReader(redact);
    for (let part = 0; part < 1_000; part++) reader.add('docker build '.repeat(100));
    expect(reader.end(true)).toMatchObject({ lineCount: 1, truncated: true, commands: { length: 1 } });
  });
});
