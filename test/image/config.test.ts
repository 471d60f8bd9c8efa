import { describe, expect, it } from 'vitest';
import { parseImageConfig } from '../../src/image/config.ts';

const NOTHING_STATED = {
  source: null,
  revision: null,
  version: null,
  createdAt: null,
  baseName: null,
  baseDigest: null,
};

describe('parseImageConfig', () => {
  it('reads what is executed, and of the environment PATH alone', () => {
    const config = parseImageConfig(
      JSON.stringify({
        architecture: 'arm',
        variant: 'v7',
        os: 'linux',
        created: '2026-01-02T03:04:05Z',
        config: {
          Entrypoint: ['/app/render'],
          Cmd: ['--serve'],
          Env: ['SECRET=hunter2', 'PATH=/old', 'PATH=/usr/bin:/bin', 'XPATH=/no'],
          User: '1000:1000',
          WorkingDir: '/app',
          Labels: { a: 'b', odd: 1 },
        },
      }),
    );
    expect(config).toEqual({
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      entrypoint: ['/app/render'],
      cmd: ['--serve'],
      workingDir: '/app',
      user: '1000:1000',
      path: '/usr/bin:/bin',
      createdAt: '2026-01-02T03:04:05Z',
      labels: { a: 'b' },
      build: NOTHING_STATED,
      history: [],
    });
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });

  it('takes nulls for nothing and leaves an unstated platform unknown', () => {
    const bare = { architecture: '', config: { Entrypoint: null, Cmd: null, Env: null, Labels: null } };
    expect(parseImageConfig(JSON.stringify(bare))).toEqual({
      platform: { os: 'unknown', architecture: 'unknown', variant: null },
      entrypoint: [],
      cmd: [],
      workingDir: '',
      user: '',
      path: null,
      createdAt: null,
      labels: {},
      build: NOTHING_STATED,
      history: [],
    });
  });

  it('refuses what is no object', () => {
    for (const text of ['', '[]', 'null', '"x"', '{']) expect(parseImageConfig(text), text).toBeNull();
  });

  it('reads what the labels say of its making, without logins', () => {
    const Labels = {
      'org.opencontainers.image.source': 'https://bot:hunter2@git.corp.io/docs/app?token=hunter2',
      'org.opencontainers.image.revision': '4b220de5',
      'org.opencontainers.image.version': '3.1',
      'org.opencontainers.image.created': '2026-11-20T16:40:00Z',
      'org.opencontainers.image.base.name': 'docker.io/library/debian:13',
      'org.opencontainers.image.base.digest': 'sha256:abc',
    };
    expect(parseImageConfig(JSON.stringify({ config: { Labels } }))?.build).toEqual({
      source: 'https://git.corp.io/docs/app',
      revision: '4b220de5',
      version: '3.1',
      createdAt: '2026-11-20T16:40:00Z',
      baseName: 'docker.io/library/debian:13',
      baseDigest: 'sha256:abc',
    });
    const older = {
      'org.label-schema.vcs-ref': '4b220de5',
      'org.label-schema.vcs-url': 'git@git.corp.io:docs/app.git',
    };
    expect(parseImageConfig(JSON.stringify({ config: { Labels: older } }))?.build).toMatchObject({
      source: 'git@git.corp.io:docs/app.git',
      revision: '4b220de5',
    });
  });
});

describe('the history of a configuration', () => {
  const historyOf = (...commands: unknown[]) =>
    parseImageConfig(JSON.stringify({ history: commands.map((created_by) => ({ created_by })) }))?.history ?? [];

  it.each([
    ['COPY /out/render /app/render # buildkit', 'COPY', '/app/render'],
    ['COPY --chown=1:1 a b /app/ # buildkit', 'COPY', '/app/'],
    ['ADD https://user:hunter2@corp.io/x.tar.gz /x # buildkit', 'ADD', '/x'],
    ['ADD file:0a1b2c in / ', 'ADD', '/'],
    ['/bin/sh -c #(nop) COPY file:0a1b2c in /app/render ', 'COPY', '/app/render'],
    ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD', null],
    ['/bin/sh -c #(nop)  ENV TOKEN=hunter2', 'ENV', null],
    ['ENV TOKEN=hunter2', 'ENV', null],
    ['ARG TOKEN=hunter2', 'ARG', null],
    ['RUN |1 TOKEN=hunter2 /bin/sh -c make # buildkit', 'RUN', null],
    ['|1 TOKEN=hunter2 /bin/sh -c make', 'RUN', null],
    ['/bin/sh -c apt-get install hunter2', 'RUN', null],
    ['COPY <<EOF /app/run.sh # buildkit', 'COPY', '/app/run.sh'],
    ['COPY a "b c"', 'COPY', null],
    ['bazel build hunter2', null, null],
    ['COPYRIGHT hunter2', null, null],
    ['', null, null],
    [7, null, null],
  ])('%j is %s to %s', (command, instruction, destination) => {
    const steps = historyOf(command);
    expect(steps).toEqual([{ createdAt: null, instruction, destination, empty: false }]);
  });

  it('keeps no values', () => {
    const steps = historyOf(
      'ENV A=hunter2',
      'RUN |1 A=hunter2 /bin/sh -c x',
      'ADD https://a:hunter2@b/c /d',
      'hunter2',
    );
    expect(JSON.stringify(steps)).not.toContain('hunter2');
  });

  it('says which steps made no layer, and when', () => {
    const history = [{ created: '2026-01-01T00:00:00Z', created_by: 'CMD x', empty_layer: true }, null, 7];
    expect(parseImageConfig(JSON.stringify({ history }))?.history).toEqual([
      { createdAt: '2026-01-01T00:00:00Z', instruction: 'CMD', destination: null, empty: true },
      { createdAt: null, instruction: null, destination: null, empty: false },
      { createdAt: null, instruction: null, destination: null, empty: false },
    ]);
  });

  it('is not read without end', () => {
    const history = Array.from({ length: 5000 }, () => ({}));
    expect(parseImageConfig(JSON.stringify({ history }))?.history).toHaveLength(1000);
  });
});
