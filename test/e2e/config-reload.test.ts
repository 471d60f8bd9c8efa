import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { waitFor } from '../lab/waiting.ts';
import { startRegistry } from '../servers/registry/start-registry.ts';
import { readReadiness } from './read-readiness.ts';
import { type Serving, startServe } from './run-execfmt.ts';

/** `execfmt serve` whose configuration changes while it runs. */
describe('a configuration that changes', { timeout: 60_000 }, () => {
  let practice: Practice;
  let serving: Serving;
  let file: string;
  let first: string;

  beforeAll(async () => {
    practice = await startPractice();
    serving = await startServe({ configuration: 'hosts: {}' });
    file = join(serving.folder, 'execfmt.yaml');
    first = readFileSync(file, 'utf8');
  }, 60_000);

  afterAll(async () => {
    await serving.remove();
    await practice.stop();
  });

  const said = (part: string, from = 0) =>
    waitFor(
      `the log to say: ${part}`,
      20_000,
      async () => serving.output().indexOf(part, from) + 1 || null,
      () => serving.output(),
    );
  const reloads = async () => {
    const page = await (await fetch(`${serving.url}/metrics`)).text();
    const read = (pattern: RegExp) => Number(pattern.exec(page)?.[1] ?? 0);
    return {
      applied: read(/^execfmt_config_reloads_total\{outcome="applied"\} (\d+)/m),
      refused: read(/^execfmt_config_reloads_total\{outcome="refused"\} (\d+)/m),
      good: read(/^execfmt_config_last_reload_successful (\d)/m),
    };
  };
  const names = async () => {
    const { connections } = await readReadiness(serving.url);
    return connections.map(({ name }) => name);
  };

  it('stays as it was when the new one has mistakes, and says each with its place', async () => {
    writeFileSync(
      file,
      first.replace('hosts: {}', 'hosts:\n  a: { dokcer: "unix:///x" }\nservices: { x: { ports: 1 } }'),
    );
    await said('the old one stays');
    expect(serving.output()).toMatch(/execfmt\.yaml:2:\d+ hosts\.a\.dokcer: .*did you mean `docker`/);
    expect(serving.output()).toMatch(/execfmt\.yaml:3:\d+ services\.x\.ports/);
    expect(await reloads()).toEqual({ applied: 0, refused: 1, good: 0 });
    expect(await names()).toEqual(['journal']);
  });

  it('counts from then on when it is right', async () => {
    writeFileSync(file, first.replace('hosts: {}', `hosts: { practice-01: { docker: "${practice.engine}" } }`));
    await said('the configuration was read again');
    expect(await reloads()).toEqual({ applied: 1, refused: 1, good: 1 });
    expect(await names()).toEqual(['journal', 'practice-01']);
    const page = await (await fetch(`${serving.url}/`)).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = new URLSearchParams({ csrf, delivery: randomUUID(), text: 'pdf-renderer' });
    await fetch(`${serving.url}/command`, { method: 'POST', body: form, headers: { origin: serving.url } });
    await said('a verdict was reached');
  });

  it('names what needs a restart', async () => {
    const from = serving.output().length;
    const text = readFileSync(file, 'utf8').replace('execfmt.db', 'other.db');
    writeFileSync(file, `${text}publicUrl: "https://execfmt.corp.io"\nwatch: { metrics: false }\n`);
    await said('take effect at the next start only', from);
    expect(serving.output().slice(from)).toContain('"keys":["store","publicUrl","watch"]');
  });

  it('is read again on SIGHUP, also when nothing has changed', async () => {
    const from = serving.output().length;
    serving.hangUp();
    await said('"why":"SIGHUP"', from);
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
  });

  it('is refused when it is empty, which a file that is being written may be', async () => {
    const from = serving.output().length;
    writeFileSync(file, '');
    await said('the old one stays', from);
    expect(serving.output().slice(from)).toContain('is empty');
    expect(await names()).toEqual(['journal', 'practice-01']);
  });
});

/** As the kubelet writes a projected volume: files are links into `..data`, which is a link that is swapped. */
function mountVersion(folder: string, version: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, `..${version}`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `..${version}`, name), text);
  symlinkSync(`..${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
}

describe('secrets in files as Kubernetes mounts them', { timeout: 60_000 }, () => {
  it('are read again when the volume is swapped, with a line end behind them or none', async () => {
    const registry = await startRegistry({ auth: 'basic', username: 'bot', password: 'second-password' });
    const folder = mkdtempSync(join(tmpdir(), 'execfmt-mounted-'));
    mountVersion(folder, '1', { password: 'first-password\n' });
    symlinkSync('..data/password', join(folder, 'password'));
    const entry = `{ plainHttp: true, username: bot, passwordFile: "${join(folder, 'password')}" }`;
    const serving = await startServe({ configuration: `registries: { "${registry.host}": ${entry} }` });
    const registryState = () =>
      waitFor('the registry to be tried', 20_000, async () => {
        const { connections } = await readReadiness(serving.url);
        const found = connections.find(({ kind }) => kind === 'registry');
        return found?.state === 'unknown' ? null : found;
      });
    try {
      expect(await registryState()).toMatchObject({ state: 'down', detail: expect.stringContaining('login') });
      mountVersion(folder, '2', { password: 'second-password' });
      await waitFor('the new secret', 20_000, async () =>
        serving.output().includes('the configuration was read again') ? true : null,
      );
      const up = await waitFor('the login to be taken', 20_000, async () => {
        const found = await registryState();
        return found.state === 'up' ? found : null;
      });
      expect(up.detail).toContain('takes the login');
      for (const secret of ['first-password', 'second-password']) expect(serving.output()).not.toContain(secret);
    } finally {
      await serving.remove();
      await registry.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
