import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerEstate } from '../../../adapters/estate/docker/estate.ts';
import { sshArguments } from '../../../adapters/estate/docker/ssh-agent.ts';
import { systemClock } from './system-clock.ts';

const signal = new AbortController().signal;

describe('an engine behind ssh', () => {
  let folder: string;
  let engine: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-'));
    engine = createServer((_request, response) => response.end('[{"Id":"1","Names":["/far-away"]}]'));
    await new Promise<void>((resolve) => engine.listen(join(folder, 'docker.sock'), resolve));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    engine.closeAllConnections();
    engine.close();
    rmSync(folder, { recursive: true });
  });

  /** A program named ssh, first on the PATH, that writes down its arguments and then does as the script says. */
  const sshThat = (script: string) => {
    const file = join(folder, 'ssh');
    const notes = join(folder, 'arguments');
    const body = `require('node:fs').appendFileSync(${JSON.stringify(notes)}, JSON.stringify(process.argv.slice(2)) + '\\n');`;
    writeFileSync(file, `#!${process.execPath}\n${body}\n${script}\n`);
    chmodSync(file, 0o755);
    vi.stubEnv('PATH', folder);
    return () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
  };
  const dialStdio = () => `
    const socket = require('node:net').connect(${JSON.stringify(join(folder, 'docker.sock'))});
    process.stdin.pipe(socket).pipe(process.stdout);`;
  const estateAt = (docker: string, deadlineMs = 10_000) =>
    createDockerEstate({ name: 'far', practice: false, client: connect({ docker }), clock: systemClock, deadlineMs });

  it('is spoken to over the standard streams of one process', async () => {
    const calls = sshThat(dialStdio());
    const estate = estateAt('ssh://ops@render-01:2222');
    for (let times = 0; times < 3; times += 1) {
      expect(await estate.names(signal)).toEqual({ kind: 'known', value: ['far-away'] });
    }
    expect(calls()).toEqual([JSON.stringify(sshArguments({ host: 'render-01', user: 'ops', port: 2222 }))]);
    expect(sshArguments({ host: 'render-01', user: 'ops', port: 2222 }).slice(-5)).toEqual([
      '--',
      'render-01',
      'docker',
      'system',
      'dial-stdio',
    ]);
  });

  it('does not let anybody log in', async () => {
    sshThat("process.stderr.write('Permission denied (publickey).\\n'); process.exitCode = 255;");
    const answer = await estateAt('ssh://render-01').names(signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'unreachable' } });
    expect(JSON.stringify(answer)).toContain('Permission denied (publickey).');
  });

  it('has no docker command', async () => {
    sshThat('process.exitCode = 127;');
    const answer = await estateAt('ssh://render-01').names(signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
  });

  it('does not answer, and leaves no process behind', async () => {
    sshThat(
      `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const asked = estateAt('ssh://render-01', 1_500).names(signal);
    expect(await asked).toMatchObject({ kind: 'probe-failed', why: { code: 'timeout' } });
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 5_000 });
  });

  it('cannot be reached without an ssh client', async () => {
    vi.stubEnv('PATH', join(folder, 'empty'));
    const answer = await estateAt('ssh://render-01').names(signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
  });
});
