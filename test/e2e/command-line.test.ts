import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployIncident, type Incident } from '../lab/incident.ts';
import { suite } from '../lab/requirements.ts';
import { REAL_ENGINE, useRealEngine } from './real-engine.ts';
import { runExecfmt } from './run-execfmt.ts';

suite('execfmt diagnose on a real engine', REAL_ENGINE, () => {
  const real = useRealEngine();
  let incident: Incident;
  let folder: string;
  let config: string;

  beforeAll(async () => {
    incident = await deployIncident(real.engine, real.registry);
    folder = mkdtempSync(join(tmpdir(), 'execfmt-cli-'));
    config = join(folder, 'execfmt.yaml');
    writeFileSync(config, incident.configuration);
  });
  afterAll(async () => {
    await incident?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('prints the contract’s document: what the kernel refused, why, and the digest to go back to', async () => {
    const { status, stdout, stderr } = await runExecfmt(['diagnose', 'pdf-renderer', '--config', config, '--json']);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      run: expect.stringMatching(/^r-[2-9a-z]{6}$/),
      target: 'pdf-renderer',
      verdict: {
        outcome: 'will-not-run',
        fault: 'wrong-platform-image',
        culprit: '/app/render',
        errno: 'ENOEXEC',
        confidence: 'proved',
        origin: { kind: 'built-on-other-arch' },
      },
      instances: [{ where: { kind: 'docker', host: 'render-01', container: incident.container } }],
    });
    expect(document.steps.map(({ id }: { id: string }) => id)).toEqual([
      'host',
      'image',
      'tag',
      'file',
      'symptom',
      'change',
      'impact',
      'decision',
    ]);
    const rollback = document.remedies.find(({ kind }: { kind: string }) => kind === 'rollback-to-digest');
    expect(rollback).toMatchObject({
      fit: 'fixes',
      digest: incident.digests.v2,
      platform: `linux/${incident.architectures.v2}`,
    });
    expect(document.remedies.some(({ digest }: { digest?: string }) => digest === incident.digests.v3)).toBe(false);
    expect(stdout).not.toContain(incident.secret);
  });

  it('tells every finding with its command, what was observed, what it means and what to do', async () => {
    const { stdout } = await runExecfmt(['diagnose', 'pdf-renderer', '--config', config, '--json']);
    for (const step of JSON.parse(stdout).steps) {
      expect(step.findings.length, step.id).toBeGreaterThan(0);
      for (const finding of step.findings) {
        for (const part of ['check', 'command', 'observed', 'meaning', 'decision'])
          expect(finding[part], `${step.id} ${part}`).toMatch(/\S/);
      }
    }
  });

  it('changes nothing: the same containers and images before and after', async () => {
    // What others have on the engine is theirs to change meanwhile.
    const containers = { name: [incident.container] };
    const images = { reference: [incident.repository] };
    const world = async () => ({
      containers: (await real.docker.listContainers({ all: true, filters: containers })).map(({ Id, Names }) => [
        Id,
        Names,
      ]),
      images: (await real.docker.listImages({ filters: images })).map(({ Id, RepoTags }) => [Id, RepoTags]).sort(),
    });
    const before = await world();
    expect(before).toMatchObject({ containers: [[expect.any(String), [`/${incident.container}`]]] });
    expect(before.images).toHaveLength(2);
    await runExecfmt(['diagnose', 'pdf-renderer', '--config', config]);
    expect(await world()).toEqual(before);
  });

  it('works on the local engine without a configuration, and leaves no file behind', async () => {
    const empty = mkdtempSync(join(folder, 'cwd-'));
    const { status, stdout } = await runExecfmt(['diagnose', incident.container, '--json'], {
      cwd: empty,
      env: { DOCKER_HOST: real.engine.host },
    });
    expect(status).toBe(1);
    const { verdict, instances } = JSON.parse(stdout);
    expect(verdict).toMatchObject({ culprit: '/app/render', errno: 'ENOEXEC' });
    expect(instances[0].where.host).toBe('local');
    expect(readdirSync(empty)).toEqual([]);
  });

  it('keeps the run, so that its transcript can be had', async () => {
    const { stdout } = await runExecfmt(['diagnose', 'pdf-renderer', '--config', config, '--json']);
    const { run } = JSON.parse(stdout);
    const transcript = await runExecfmt(['transcript', run, '--config', config]);
    expect(transcript.status).toBe(0);
    expect(transcript.stdout).toContain('/app/render');
    expect(transcript.stdout).not.toContain(incident.secret);
    expect((await runExecfmt(['transcript', 'r-nosuch', '--config', config])).status).toBe(2);
  });

  it('says so when the name is unknown, with the nearest one', async () => {
    const { status, stdout, stderr } = await runExecfmt(['diagnose', 'pdf-rendrer', '--config', config]);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('pdf-renderer');
  });
});

describe('execfmt without what it needs', () => {
  it('is inconclusive when the engine cannot be reached, and says why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'execfmt-cli-'));
    try {
      const config = join(folder, 'execfmt.yaml');
      writeFileSync(
        config,
        'hosts: { gone: { docker: "unix:///nowhere/docker.sock" } }\nservices: { web: { targets: [{ host: gone, container: web }] } }\n',
      );
      const { status, stdout } = await runExecfmt(['diagnose', 'web', '-c', config, '--json']);
      expect(status).toBe(3);
      const { verdict } = JSON.parse(stdout);
      expect(verdict).toMatchObject({ outcome: 'inconclusive', fault: null });
      expect(verdict.summary).toContain('gone');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is inconclusive when the local engine does not answer, whatever the name', async () => {
    const { status, stdout } = await runExecfmt(['diagnose', 'anything', '--json'], {
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    });
    expect(status).toBe(3);
    const { verdict, steps } = JSON.parse(stdout);
    expect(verdict.outcome).toBe('inconclusive');
    expect(steps[0].findings[0].observed).toContain('no such socket');
  });

  it('tells a usage mistake with status 2, and suggests', async () => {
    const { status, stderr } = await runExecfmt(['diagnos', 'web']);
    expect(status).toBe(2);
    expect(stderr).toContain('diagnose');
  });

  it('tells every mistake of a configuration with file, line and column', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'execfmt-cli-'));
    try {
      const config = join(folder, 'execfmt.yaml');
      writeFileSync(
        config,
        'hosts:\n  a: { docker: "unix:///x" }\nservices:\n  web:\n    targets: [{ host: b, container: web }]\n    aprovals: production\n',
      );
      const { status, stderr } = await runExecfmt(['config', 'check', '-c', config]);
      expect(status).toBe(2);
      expect(stderr).toContain(
        `${config}:6:5 services.web.aprovals: there is no such key; did you mean \`approvals\`?`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
