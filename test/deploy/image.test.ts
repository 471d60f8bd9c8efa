import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { REAL_ENGINE } from '../e2e/real-engine.ts';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { deployIncident } from '../lab/incident.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { startRegistry } from '../lab/registry.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { BUILD_MS, REPOSITORY, type ShippedImage, shippedImage } from './build-shipped-image.ts';
import { type Entry, filesOf, logOf, RESTRICTED, runOnce } from './run-shipped-image.ts';
import { startReadOnlyProxy } from './start-read-only-proxy.ts';

/** Docker's own patience before it kills (docker stop). */
const STOP_SECONDS = 10;

interface PackageFile {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What npm knows of each package of the lock file, by its folder. */
interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
}

const { packages: locked } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const packageFile = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as PackageFile;
/** A package's own package.json, not one of a folder below it. */
const INSTALLED = /^app\/(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;
const MACHINE_CODE = /\.(node|bare|so|dll|dylib|exe)$/;
const ELF = '7f454c46';

suite('the image', REAL_ENGINE, () => {
  let image: ShippedImage;
  let entries: readonly Entry[];
  beforeAll(async () => {
    image = await shippedImage();
    entries = await filesOf(image);
  }, BUILD_MS);

  it('says what it is, as whom it runs and how its health is found out', async () => {
    const { Config } = await image.docker.getImage(image.tag).inspect();
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'execfmt',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.base.name': 'node:24-slim',
      'org.opencontainers.image.version': '9.9.9-lab',
      'org.opencontainers.image.revision': 'abc123',
    });
    expect(Config.User).toBe('1000:1000');
    expect(Config.Volumes).toEqual({ '/data': {} });
    expect(Config.Healthcheck?.Test?.join(' ')).toContain('/healthz');
    expect(Config.Entrypoint).toEqual(['tini', '--', 'execfmt']);
  });

  it('has what is run, and nothing that is only for building, testing or reading', () => {
    const names = new Set(entries.map(({ name }) => name));
    const has = (folder: string) => names.has(`app/${folder}/package.json`);
    for (const [folder, { dev, devOptional, optional, peer }] of Object.entries(locked).filter(([at]) => at !== '')) {
      if (dev) expect(has(folder), `${folder}, for development`).toBe(false);
      else if (!devOptional && !optional && !peer) expect(has(folder), folder).toBe(true);
    }
    const below = (folder: string) => [...names].filter((name) => name.startsWith(folder));
    for (const folder of ['app/test/', 'app/docs/', 'app/src/kernel/', 'app/adapters/', 'app/node_modules/node-linux'])
      expect(below(folder), folder).toEqual([]);
    expect(below('usr/local/lib/node_modules/')).toEqual([]);
    expect(below('root/.npm/')).toEqual([]);
    expect(below('var/lib/apt/lists/').filter((name) => /_(Packages|InRelease)/.test(name))).toEqual([]);
    expect(below('app/').filter((name) => /\.(map|d\.ts|tsbuildinfo)$/.test(name))).toEqual([]);
    expect(names).toContain('app/LICENSE');
  });

  it('has no machine code of its own, so that every platform of the base image gets the same files', () => {
    const own = entries.filter(({ name, isFile }) => isFile && name.startsWith('app/'));
    expect(own.length).toBeGreaterThan(1_000);
    expect(own.filter(({ start, name }) => start === ELF || MACHINE_CODE.test(name))).toEqual([]);
    expect(entries.find(({ name }) => name === 'usr/local/bin/node')?.start).toBe(ELF);
  });

  it('has no file that gives the rights of another user', () => {
    expect(entries.filter(({ isFile, mode }) => isFile && (mode & 0o6000) !== 0)).toEqual([]);
  });

  it('lists its packages, inside and as a file of the build', () => {
    expect(entries.some(({ name }) => name === 'app/sbom.cdx.json')).toBe(true);
    const sbom = JSON.parse(image.sbom) as {
      readonly bomFormat: string;
      readonly components: readonly { readonly group?: string; readonly name: string; readonly version: string }[];
    };
    expect(sbom.bomFormat).toBe('CycloneDX');
    const listed = sbom.components.map(({ group, name, version }) => ({
      name: group ? `${group}/${name}` : name,
      version,
    }));
    for (const [name, version] of Object.entries(packageFile.dependencies))
      expect(listed).toContainEqual({ name, version });
    const installed = entries.flatMap(({ name }) => INSTALLED.exec(name)?.[1] ?? []);
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(installed));
  });

  it('runs a command, with the Node of the base image alone', { timeout: 120_000 }, async () => {
    expect(await runOnce(image, ['--version'])).toEqual({ status: 0, output: `${packageFile.version}\n` });
    const versions = { status: 0, output: expect.stringMatching(/^v24\./) };
    expect(await runOnce(image, ['--', 'node', '--version'], { Entrypoint: ['tini'] })).toEqual(versions);
  });

  it('has the ssh client and the authorities', { timeout: 120_000 }, async () => {
    const asked = await runOnce(image, ['-c', 'ssh -V 2>&1; test -s /etc/ssl/certs/ca-certificates.crt'], {
      Entrypoint: ['sh'],
    });
    expect(asked).toEqual({ status: 0, output: expect.stringContaining('OpenSSH') });
  });

  it('ends at once when it is told to before it listens for that', { timeout: 120_000 }, async () => {
    // Node as PID 1 would ignore the signal: the kernel gives that process no default (signal(7), pid_namespaces(7)).
    const Cmd = ['--', 'node', '-e', 'console.log("up"); setInterval(() => {}, 1000)'];
    const HostConfig = { ...RESTRICTED, NetworkMode: 'none' };
    const options = { Image: image.tag, Entrypoint: ['tini'], Cmd, HostConfig };
    const container = await image.docker.createContainer(options);
    try {
      await container.start();
      await waitFor('the program to be up', 60_000, async () => (await logOf(container)).includes('up') || null);
      await container.stop({ t: STOP_SECONDS });
      expect((await container.inspect()).State).toMatchObject({ Running: false, ExitCode: 128 + 15 });
    } finally {
      await container.remove({ force: true, v: true });
    }
  });

  it('becomes healthy with a read-only root and no capability, and stops cleanly', { timeout: 240_000 }, async () => {
    const folder = createScratchFolder('image');
    const volume = image.tag.replace(':', '-');
    const container = await image.docker.createContainer(servingOptions(image, folder, volume));
    try {
      await container.start();
      await waitFor('the container to be healthy', 180_000, async () => {
        const { State } = await container.inspect();
        if (!State.Running) throw new Error(`It has ended with ${State.ExitCode}:\n${await logOf(container)}`);
        return State.Health?.Status === 'healthy' || null;
      });
      expect((await container.inspect()).HostConfig.ReadonlyRootfs).toBe(true);
      await container.stop({ t: STOP_SECONDS });
      const { State } = await container.inspect();
      // 137 is what Docker's SIGKILL gives when those seconds are over.
      expect(State, await logOf(container)).toMatchObject({ Running: false, ExitCode: 0, OOMKilled: false });
      expect(await logOf(container)).toContain('stopping');
    } finally {
      await container.remove({ force: true, v: true });
      await image.docker.getVolume(volume).remove();
      removeLabFolder(folder);
    }
  });

  it('diagnoses through the read-only proxy, with nothing of the engine’s', { timeout: 240_000 }, async () => {
    const registry = await startRegistry();
    const incident = await deployIncident(image.engine, registry);
    const { IPAM } = await image.docker.getNetwork('bridge').inspect();
    const proxy = await startReadOnlyProxy(image.engine, 'trixie', IPAM?.Config?.[0]?.Gateway ?? '');
    const folder = createScratchFolder('image');
    try {
      const configuration = parse(incident.configuration);
      configuration.hosts[incident.hostName] = { docker: proxy.address };
      // What is on this machine's loopback, a container does not reach.
      const { metrics: _, services: __, ...reachable } = configuration;
      writeConfiguration(folder, stringify({ ...reachable, store: 'sqlite:/tmp/execfmt.db' }));
      const Binds = [`${join(folder, 'etc')}:/etc/execfmt:ro`];
      const said = await runOnce(image, ['diagnose', incident.container], { Binds, NetworkMode: 'bridge' });
      expect(said, said.output).toMatchObject({ status: 1, output: expect.stringContaining('wrong-platform-image') });
    } finally {
      await proxy.stop();
      await incident.stop();
      await registry.stop();
      removeLabFolder(folder);
    }
  });

  it('passes execfmt’s own check', { timeout: 240_000 }, async () => {
    const env = { DOCKER_HOST: image.engine.host };
    const { status, stdout, stderr } = await runExecfmt(['check', `docker-daemon:${image.tag}`, '--json'], { env });
    expect(status, stdout + stderr).toBe(0);
    const platform = `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
    expect(JSON.parse(stdout)).toMatchObject({ pass: true, platforms: [{ platform, present: true, pass: true }] });
  });
});

/** As docs/install.md says: `docker run --read-only --cap-drop ALL --user 1000 --tmpfs /tmp -v …:/data`. */
function servingOptions({ tag }: ShippedImage, folder: string, volume: string): Docker.ContainerCreateOptions {
  writeConfiguration(folder, 'chat: { web: { listen: "127.0.0.1:3000" } }\nstore: "sqlite:/data/execfmt.db"\n');
  return {
    Image: tag,
    User: '1000',
    // The shipped test, asked more often than the shipped fifteen seconds.
    Healthcheck: { Interval: 2e9, Timeout: 30e9, Retries: 60 },
    HostConfig: {
      ...RESTRICTED,
      Binds: [`${volume}:/data`, `${join(folder, 'etc')}:/etc/execfmt:ro`],
      NetworkMode: 'none',
    },
  };
}

/** Readable for the image's user, who is not the one who runs the tests. */
function writeConfiguration(folder: string, text: string): void {
  mkdirSync(join(folder, 'etc'), { mode: 0o755 });
  writeFileSync(join(folder, 'etc/execfmt.yaml'), text, { mode: 0o644 });
}
