import { describe, expect, it } from 'vitest';
import { parseImageConfig } from '../../src/image/config.ts';

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
      copyTargets: [],
      labels: { a: 'b' },
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
      copyTargets: [],
      labels: {},
    });
  });

  it('refuses what is no object', () => {
    for (const text of ['', '[]', 'null', '"x"', '{']) expect(parseImageConfig(text), text).toBeNull();
  });
});
