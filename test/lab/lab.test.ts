import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type LabEngine, startEngine } from './engine.ts';
import { deployIncident, type Incident } from './incident.ts';
import { buildRendererImage } from './incident-image.ts';
import { type PrivateEngine, startPrivateEngine } from './private-engine.ts';
import { pushImages } from './push-image.ts';
import { type LabRegistry, startRegistry } from './registry.ts';
import { suite } from './requirements.ts';
import { waitFor } from './waiting.ts';

const LAB = ['engine', 'docker-registry', 'skopeo', 'debian-binaries', 'no-emulator'] as const;

const jobsAt = async (url: string) =>
  Number(/^pdf_queue_pending_jobs (\d+)$/m.exec(await (await fetch(url)).text())?.[1]);

suite('the incident on a real engine', LAB, () => {
  let engine: LabEngine;
  let registry: LabRegistry;
  let docker: Docker;

  beforeAll(async () => {
    [engine, registry] = await Promise.all([startEngine(), startRegistry()]);
    docker = new Docker({ socketPath: engine.socket, timeout: 30_000 });
  });
  afterAll(() => registry.stop());

  describe('v2', () => {
    let incident: Incident;
    beforeAll(async () => {
      incident = await deployIncident(engine, registry, { version: 'v2' });
    });
    afterAll(() => incident.stop());

    it('runs and answers on its published port', async () => {
      const { State, RestartCount } = await docker.getContainer(incident.container).inspect();
      expect(State.Running).toBe(true);
      expect(RestartCount).toBe(0);
      const version = await waitFor('v2 to answer', 10_000, () =>
        fetch(`http://127.0.0.1:${incident.publishedPort}/version`).then(
          (response) => response.text(),
          () => null,
        ),
      );
      expect(version).toBe('v2');
    });

    it('works off the queue', async () => {
      const before = await jobsAt(incident.metricsUrl);
      expect(await jobsAt(incident.metricsUrl)).toBeLessThan(before);
    });
  });

  describe('v3', () => {
    let incident: Incident;
    beforeAll(async () => {
      incident = await deployIncident(engine, registry, { approvers: ['web:ada'] });
    });
    afterAll(() => incident.stop());

    it('is refused by the kernel, again and again', async () => {
      const container = docker.getContainer(incident.container);
      expect((await container.inspect()).RestartCount).toBeGreaterThanOrEqual(2);
      const log = await container.logs({ stdout: true, stderr: true, follow: false });
      expect(log.toString()).toContain('exec format error');
      expect(log.toString()).not.toContain('is ready');
    });

    it('is published under the digests that the lab tells', async () => {
      for (const version of ['v2', 'v3'] as const) {
        const image = await docker.getImage(`${incident.repository}:${version}`).inspect();
        expect(image.RepoDigests).toEqual([`${incident.repository}@${incident.digests[version]}`]);
        expect(image.Architecture).toBe(incident.architectures[version]);
      }
    });

    it('has what a rollback must keep', async () => {
      const { Config, HostConfig, NetworkSettings } = await docker.getContainer(incident.container).inspect();
      expect(Config.Env).toContain(`API_TOKEN=${incident.secret}`);
      expect(HostConfig.RestartPolicy?.Name).toBe('unless-stopped');
      expect(HostConfig.Binds).toHaveLength(2);
      expect(HostConfig.PortBindings['8080/tcp'][0].HostPort).toBe(String(incident.publishedPort));
      expect(NetworkSettings.Networks[incident.network]?.Aliases).toContain('renderer');
    });

    it('leaves the queue as it is', async () => {
      expect(await jobsAt(incident.metricsUrl)).toBe(1847);
      expect(await jobsAt(incident.metricsUrl)).toBe(1847);
    });

    it('comes with a configuration that leads to it, without the secret', () => {
      const { hosts, registries, services, approvals } = parse(incident.configuration);
      expect(hosts['render-01'].docker).toBe(engine.host);
      expect(registries[registry.address]).toEqual({ plainHttp: true });
      expect(services['pdf-renderer'].targets).toEqual([{ host: 'render-01', container: incident.container }]);
      expect(approvals.production.approvers).toEqual(['web:ada']);
      expect(incident.configuration).not.toContain(incident.secret);
    });
  });

  it('leaves nothing on the engine', async () => {
    const incident = await deployIncident(engine, registry, { version: 'v2' });
    await incident.stop();
    const containers = await docker.listContainers({ all: true });
    expect(containers.flatMap(({ Names }) => Names)).not.toContain(`/${incident.container}`);
    expect((await docker.listNetworks()).map(({ Name }) => Name)).not.toContain(incident.network);
    expect((await docker.listVolumes()).Volumes.map(({ Name }) => Name)).not.toContain(incident.volume);
    expect((await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])).not.toContain(
      `${incident.repository}:v2`,
    );
    expect(existsSync(incident.bindSource)).toBe(false);
  });
});

suite('a private engine', LAB, () => {
  it('is gone with all that it started when it is stopped, and another one goes on', async () => {
    const [other, engine, registry] = await Promise.all([startEngine(), startPrivateEngine(), startRegistry()]);
    await runOnNetwork(engine, registry);
    expect(engineProcesses(engine.folder).length).toBeGreaterThan(2);
    expect(addressesIn(engine.network.pool)).toHaveLength(2);

    engine.stop();
    await registry.stop();

    expect(whatIsLeftOf(engine)).toEqual({ folder: false, processes: [], addresses: [], mounts: false });
    expect((await new Docker({ socketPath: other.socket }).ping()).toString()).toBe('OK');
  }, 60_000);

  it('dies with a run that is killed, and the next start removes what is left of it', async () => {
    const killed = await startInProcessOfItsOwn();
    expect(engineProcesses(killed.engine.folder).length).toBeGreaterThan(0);
    killed.process.kill('SIGKILL');
    await waitFor('the engine of the killed run to die', 20_000, async () =>
      engineProcesses(killed.engine.folder).length === 0 ? true : null,
    );
    expect(existsSync(killed.engine.folder)).toBe(true);

    const next = await startPrivateEngine();
    next.stop();

    expect(whatIsLeftOf(killed.engine)).toEqual({ folder: false, processes: [], addresses: [], mounts: false });
  }, 60_000);
});

type Left = Pick<PrivateEngine, 'folder' | 'network'>;

const whatIsLeftOf = ({ folder, network }: Left) => ({
  folder: existsSync(folder),
  processes: engineProcesses(folder),
  addresses: addressesIn(network.pool),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8').includes(basename(folder)),
});

/** Runs a container on a network of its own. */
async function runOnNetwork({ socket }: PrivateEngine, registry: LabRegistry): Promise<void> {
  const docker = new Docker({ socketPath: socket, timeout: 30_000 });
  const image = `${registry.address}/pdf-renderer`;
  await pushImages(image, { v2: await buildRendererImage(process.arch === 'arm64' ? 'arm64' : 'amd64', 'v2') });
  const progress = await docker.pull(`${image}:v2`);
  await new Promise((resolve) => docker.modem.followProgress(progress, resolve));
  await docker.createNetwork({ Name: 'own' });
  const container = await docker.createContainer({ Image: `${image}:v2`, HostConfig: { NetworkMode: 'own' } });
  await container.start();
}

/** An engine that another process started and owns. */
async function startInProcessOfItsOwn(): Promise<{ process: ChildProcess; engine: Left }> {
  const source = pathToFileURL(join(import.meta.dirname, 'private-engine.ts')).href;
  const script = `import { startPrivateEngine } from '${source}';
    const { folder, network } = await startPrivateEngine();
    process.stdout.write(JSON.stringify({ folder, network }) + '\\n');
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(30_000) });
  return { process: child, engine: JSON.parse(String(line)) };
}

/** IPv4 addresses of this machine in a /20. */
function addressesIn(pool: string): string[] {
  const [, second, third] = pool.split('.').map(Number);
  const addresses = Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address));
  return addresses.filter((address) => {
    const octets = address.split('.').map(Number);
    return octets[0] === 172 && octets[1] === second && ((octets[2] ?? 0) & 0xf0) === third;
  });
}

/** Processes that name the engine's folder in their command line: dockerd, containerd, shims. */
function engineProcesses(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${Number(pid)}/cmdline`, 'utf8');
      return line.includes(folder) ? [line] : [];
    } catch {
      return [];
    }
  });
}
