import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Docker from 'dockerode';
import { stringify } from 'yaml';
import { buildIncidentImages } from '../../adapters/practice/incident-images.ts';
import { startEngine } from '../lab/engine.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { pushImages } from '../lab/push-image.ts';
import { startRegistry } from '../lab/registry.ts';
import { type EngineDiary, keepEngineDiary } from './engine-diary.ts';

/** How the service does on the image that it is rolled back to. */
export type Health = 'recovers' | 'stays unhealthy';

/** One broken service on the engine, and what a process needs that shall repair it. */
export interface BrokenService {
  readonly name: string;
  readonly containerId: string;
  readonly configuration: string;
  readonly store: string;
  readonly port: number;
  remove(): Promise<void>;
}

/** A real engine, a real registry with two digests of a small image, and the engine's own diary. */
export interface ChaosStage {
  readonly docker: Docker;
  readonly diary: EngineDiary;
  /** `repository@sha256:…` of the one that runs here. */
  readonly good: string;
  /** In the environment of every service; must not be seen. */
  readonly secret: string;
  /** Deploys the image that cannot run here; it dies and is restarted again and again. */
  deploy(health: Health): Promise<BrokenService>;
  /** Removes the image that runs here from the engine, so that the next rollback has something to pull. */
  forgetGood(): Promise<void>;
  close(): Promise<void>;
}

const SECOND_NS = 1_000_000_000;

export async function openChaosStage(): Promise<ChaosStage> {
  const [engine, registry, images] = await Promise.all([
    startEngine(),
    startRegistry(),
    buildIncidentImages(Date.now()),
  ]);
  const docker = new Docker({ socketPath: engine.socket, timeout: 60_000 });
  const folder = createScratchFolder('chaos');
  const repository = `${registry.address}/pdf-renderer`;
  await pushImages(repository, { v2: images.v2, v3: images.v3 });
  const own = process.arch === 'arm64' ? 'v3' : 'v2';
  const [good, bad] = [images[own], images[own === 'v2' ? 'v3' : 'v2']].map(
    ({ digest }) => `${repository}@${digest}`,
  ) as [string, string];
  const secret = `s3cr3t-${randomBytes(12).toString('hex')}`;
  const diary = await keepEngineDiary(docker);
  await pull(docker, bad);
  return {
    docker,
    diary,
    good,
    secret,
    async deploy(health) {
      const name = `chaos-${randomBytes(4).toString('hex')}`;
      const container = await docker.createContainer(settings(name, bad, secret, health));
      await container.start();
      const own = join(folder, name);
      mkdirSync(own);
      const port = await freePort();
      const store = join(own, 'execfmt.db');
      const configuration = join(own, 'execfmt.yaml');
      writeFileSync(configuration, configurationOf(name, engine.host, registry.address, repository, store, port));
      return {
        ...{ name, containerId: container.id, configuration, store, port },
        async remove() {
          await removeContainers(docker, name);
          rmSync(own, { recursive: true });
        },
      };
    },
    async forgetGood() {
      await docker.getImage(good).remove({ force: true }).catch(ifGone);
    },
    async close() {
      diary.close();
      await removeContainers(docker, 'chaos-');
      await docker.getImage(bad).remove({ force: true }).catch(ifGone);
      await registry.stop();
      removeLabFolder(folder);
    },
  };
}

function settings(name: string, Image: string, secret: string, health: Health): Docker.ContainerCreateOptions {
  const check = { Test: ['CMD', '/not/there'], Interval: SECOND_NS, Retries: 1, Timeout: SECOND_NS };
  return {
    name,
    Image,
    Env: [`API_KEY=${secret}`],
    Volumes: { '/var/lib/anonymous': {} },
    ...(health === 'stays unhealthy' && { Healthcheck: check }),
    HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
  };
}

function configurationOf(name: string, engine: string, registry: string, image: string, store: string, port: number) {
  return stringify({
    hosts: { 'render-01': { docker: engine } },
    registries: { [registry]: { plainHttp: true } },
    services: {
      [name]: {
        image,
        platforms: [`linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`],
        targets: [{ host: 'render-01', container: name }],
        approvals: 'production',
      },
    },
    approvals: { production: { approvers: ['web:you'], required: 1, allowSelf: true } },
    chat: { web: { listen: `127.0.0.1:${port}` } },
    store: `sqlite:${store}`,
    verification: { stableFor: '1s', timeout: '4s' },
  });
}

async function pull(docker: Docker, image: string): Promise<void> {
  const progress = await docker.pull(image);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
}

async function removeContainers(docker: Docker, prefix: string): Promise<void> {
  const all = await docker.listContainers({ all: true });
  for (const { Id } of all.filter(({ Names }) => Names[0]?.startsWith(`/${prefix}`))) {
    await docker.getContainer(Id).remove({ force: true, v: true }).catch(ifGone);
  }
}

function ifGone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error;
}

/** Below the system's own choices (ip_local_port_range), of which somebody else would get this one between two starts. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true));
    });
    if (!isFree) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}
