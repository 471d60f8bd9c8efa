import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { REAL_ENGINE, useRealEngine } from '../e2e/real-engine.ts';
import { freePort } from '../e2e/run-execfmt.ts';
import { type ComposeProject, compose, composeProgram } from '../lab/compose.ts';
import { deployIncident, type Incident } from '../lab/incident.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { suite } from '../lab/requirements.ts';
import { BUILD_MS, shippedImage } from './build-shipped-image.ts';
import { buildHaproxyImage } from './haproxy-image.ts';
import { signIn } from './page-visitor.ts';

const COMPOSE = resolve(import.meta.dirname, '../../deploy/compose');
const TOKEN = 'ada-token-0123456789';
/** What the file names, so that it is neither pulled nor named otherwise. */
const HAPROXY = 'haproxy:3.2-alpine';

suite('the Compose files as a running stack', [...REAL_ENGINE, 'go'], () => {
  const real = useRealEngine();
  let incident: Incident;
  let folder: string;
  let port: number;
  let read: ComposeProject;
  let change: ComposeProject;

  beforeAll(async () => {
    const image = await shippedImage();
    await composeProgram();
    await buildHaproxyImage(real.engine, HAPROXY);
    incident = await deployIncident(real.engine, real.registry);
    port = await freePort();
    folder = createScratchFolder('stack');
    cpSync(COMPOSE, folder, { recursive: true });
    // As docs/install.md says.
    mkdirSync(join(folder, 'config'));
    configure({});
    writeFileSync(join(folder, '.env'), `ADA_TOKEN=${TOKEN}\n`);
    const env = { EXECFMT_IMAGE: image.tag, DOCKER_GID: String(statSync(real.engine.socket).gid) };
    read = project(['compose.yaml'], env, ['engine']);
    change = project(['compose.yaml', 'compose.changes.yaml'], env, ['execfmt']);
  }, BUILD_MS);
  afterAll(async () => {
    if (read) await compose(read, 'down', '--volumes', '--remove-orphans');
    await incident?.stop();
    if (folder) removeLabFolder(folder);
  }, 120_000);

  /** The shipped example, edited as one does. */
  function configure(hosts: Readonly<Record<string, unknown>>): void {
    const example = parse(readFileSync(join(COMPOSE, 'execfmt.example.yaml'), 'utf8'));
    example.chat.web.people = [{ name: 'ada', tokenEnv: 'ADA_TOKEN' }];
    const text = stringify({ ...example, hosts: { ...example.hosts, ...hosts } });
    writeFileSync(join(folder, 'config/execfmt.yaml'), text, { mode: 0o644 });
  }

  /** The shipped files, and one more for what is different here: where the engine's socket is, and which port is free. */
  function project(files: readonly string[], env: Record<string, string>, holders: readonly string[]): ComposeProject {
    const socket = { volumes: [`${real.engine.socket}:/var/run/docker.sock`] };
    const services: Record<string, object> = Object.fromEntries(holders.map((name) => [name, socket]));
    const here = stringify({
      services: { ...services, execfmt: { ...services.execfmt, healthcheck: { interval: '2s' } } },
    });
    const name = `here-${files.length}.yaml`;
    const ports = `    ports: !override ["127.0.0.1:${port}:3000"]\n`;
    writeFileSync(join(folder, name), here.replace(/^ {2}execfmt:\n/m, `$&${ports}`));
    return { engine: real.engine, folder, files: [...files, name], env };
  }

  const containers = async () => {
    const filters = { label: ['com.docker.compose.project=execfmt'] };
    const found = await real.docker.listContainers({ all: true, filters });
    return found.map(({ Labels, State }) => `${Labels['com.docker.compose.service']} ${State}`).sort();
  };

  /** Runs JavaScript in the container of execfmt; gives what it prints. */
  const inside = (script: string) => compose(read, 'exec', '-T', 'execfmt', 'node', '-e', script);

  it('comes up, healthy', { timeout: 300_000 }, async () => {
    await compose(read, 'up', '--detach', '--wait');
    expect(await containers()).toEqual(['engine running', 'execfmt running']);
    for (const path of ['/healthz', '/readyz'])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).toBe(200);
  });

  it('diagnoses what is typed on its page, through the proxy', { timeout: 180_000 }, async () => {
    const page = await signIn(`http://127.0.0.1:${port}`, TOKEN);
    const run = await page.ask(`/execfmt ${incident.container}`);
    expect(await page.read(run, 'It will not run')).toContain('linux/arm64');
  });

  it('can look at the engine, and cannot change anything of it', { timeout: 120_000 }, async () => {
    const asked = [
      ['GET', '/info', 200],
      ['GET', `/containers/${incident.container}/json`, 200],
      ['GET', '/networks', 403],
      ['POST', '/containers/create', 403],
      ['POST', `/containers/${incident.container}/stop`, 403],
      ['POST', `/containers/${incident.container}/exec`, 403],
      ['DELETE', `/containers/${incident.container}?force=1`, 403],
    ] as const;
    const said = await inside(`
      const asked = ${JSON.stringify(asked)};
      const status = async ([method, path]) => (await fetch('http://engine:2375' + path, { method })).status;
      const socket = require('node:fs').existsSync('/var/run/docker.sock');
      Promise.all(asked.map(status)).then((statuses) => console.log(JSON.stringify({ statuses, socket })));
    `);
    expect(JSON.parse(said)).toEqual({ statuses: asked.map(([, , status]) => status), socket: false });
    const { State } = await real.docker.getContainer(incident.container).inspect();
    expect(State.Running || State.Restarting, 'that it is started again and again, as before').toBe(true);
  });

  it('ends cleanly, and keeps what it wrote', { timeout: 120_000 }, async () => {
    await compose(read, 'stop');
    for (const name of ['execfmt-execfmt-1', 'execfmt-engine-1'])
      expect((await real.docker.getContainer(name).inspect()).State, name).toMatchObject({
        Running: false,
        ExitCode: 0,
        OOMKilled: false,
      });
    await compose(read, 'down');
    expect(await containers()).toEqual([]);
    const networks = (await real.docker.listNetworks()).map(({ Name }) => Name);
    expect(networks.filter((name) => name.startsWith('execfmt_'))).toEqual([]);
    const { Volumes } = await real.docker.listVolumes();
    expect(Volumes.map(({ Name }) => Name)).toContain('execfmt_data');
  });

  it('has the engine’s own socket and no proxy with the second file', { timeout: 300_000 }, async () => {
    configure({ 'this-host': { docker: 'unix:///var/run/docker.sock' } });
    await compose(change, 'up', '--detach', '--wait');
    expect(await containers()).toEqual(['execfmt running']);
    const page = await signIn(`http://127.0.0.1:${port}`, TOKEN);
    expect(await page.read('/runs', incident.container)).toContain('wrong-platform-image');
    const run = await page.ask(`/execfmt ${incident.container}`);
    await page.read(run, 'It will not run');
  });
});
