import { describe, expect, it } from 'vitest';
import type { ContainerDocument } from '../../../adapters/estate/docker/documents.ts';
import { hostFacts } from '../../../adapters/estate/docker/host-facts.ts';
import { formatRestartPolicy, instanceFacts } from '../../../adapters/estate/docker/inspect-instance.ts';
import { imageFacts } from '../../../adapters/estate/docker/local-images.ts';
import { managedBy } from '../../../adapters/estate/docker/managed-by.ts';

const place = { kind: 'docker', host: 'h', container: 'c' } as const;
const NEVER = '0001-01-01T00:00:00Z';
const bare: ContainerDocument = { Id: '1', Name: '/c', Image: 'sha256:2' };

describe('facts of an instance', () => {
  it('come out of a document that says almost nothing', () => {
    expect(instanceFacts(place, bare)).toMatchObject({
      argv: [],
      path: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      workingDir: '/',
      restartPolicy: 'no',
      managedBy: null,
      state: { status: 'unknown', exitCode: null, startedAt: null, finishedAt: null, health: null },
    });
  });

  it('hold no exit status of what never ended', () => {
    const created = { Status: 'created', ExitCode: 0, StartedAt: NEVER, FinishedAt: NEVER };
    expect(instanceFacts(place, { ...bare, State: created }).state).toMatchObject({ exitCode: null, startedAt: null });
    const refused = { ...created, ExitCode: 127, Error: 'no such file' };
    expect(instanceFacts(place, { ...bare, State: refused }).state).toMatchObject({
      exitCode: 127,
      error: 'no such file',
    });
    const at = '2026-11-21T09:00:00Z';
    const running = { Status: 'running', Running: true, ExitCode: 0, StartedAt: at, FinishedAt: at };
    expect(instanceFacts(place, { ...bare, State: running }).state.exitCode).toBeNull();
    const restarting = { ...running, Status: 'restarting', Restarting: true, ExitCode: 1 };
    expect(instanceFacts(place, { ...bare, State: restarting }).state.exitCode).toBe(1);
  });

  it('hold the last PATH, also an empty one, and nothing else of the environment', () => {
    const pathOf = (...Env: string[]) => instanceFacts(place, { ...bare, Config: { Env } }).path;
    expect(pathOf('PATH=/a', 'SECRET=x', 'PATH=/b')).toBe('/b');
    expect(pathOf('PATH=')).toBe('');
    expect(pathOf('MYPATH=/a')).toContain('/usr/bin');
  });

  it('hold the restart policy as docker run takes it', () => {
    expect(formatRestartPolicy({ Name: 'on-failure', MaximumRetryCount: 5 })).toBe('on-failure:5');
    expect(formatRestartPolicy({ Name: 'always', MaximumRetryCount: 0 })).toBe('always');
    expect(formatRestartPolicy({ Name: '' })).toBe('no');
  });

  it('say who would undo a change', () => {
    expect(managedBy({ 'com.docker.compose.project': 'docs' })).toBe('Docker Compose project "docs"');
    expect(managedBy({ 'com.docker.compose.project': 'x', 'com.docker.swarm.service.name': 'y' })).toContain('"y"');
    expect(managedBy({ other: 'x' })).toBeNull();
  });
});

describe('facts of a host', () => {
  it('leave unknown what the engine does not say', () => {
    const info = { OSType: 'linux', Architecture: 'armv7l', KernelVersion: '6.1.0-rpi7', DefaultRuntime: 'runc' };
    const facts = hostFacts('engine h', info, { Version: '27.1.1' }, 'runsc');
    expect(facts).toMatchObject({
      platform: { architecture: 'arm', variant: 'v7' },
      engine: 'Docker 27.1.1',
      runtime: 'runsc',
    });
    expect(facts.kernel).toMatchObject({ arch: 'arm', kernel: '6.1', pageSize: null, binfmt: null, compat32: null });
  });

  it('are refused without a platform', () => {
    expect(() => hostFacts('engine h', {}, {}, null)).toThrow(/platform/);
  });
});

describe('facts of an image', () => {
  it('never take the host’s platform for a missing one', () => {
    const facts = imageFacts({ Id: 'sha256:1', RepoTags: ['<none>:<none>'], RepoDigests: null, Created: NEVER });
    expect(facts).toEqual({
      id: 'sha256:1',
      tags: [],
      repoDigests: [],
      platform: { os: 'unknown', architecture: 'unknown', variant: null },
      createdAt: null,
    });
  });
});
