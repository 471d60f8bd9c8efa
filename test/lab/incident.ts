import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { stringify } from 'yaml';
import type { Architecture } from './debian-binary.ts';
import type { LabEngine } from './engine.ts';
import { buildRendererImage } from './incident-image.ts';
import { createScratchFolder, removeLabFolder } from './lab-folder.ts';
import { startMetricsPage } from './metrics-page.ts';
import { pushImages } from './push-image.ts';
import type { LabRegistry } from './registry.ts';
import { waitFor } from './waiting.ts';

/** The incident on a real engine, and what a test needs to know of it. */
export interface Incident {
  /** Of the configuration; what a responder types. */
  readonly service: 'pdf-renderer';
  /** Of the configuration. */
  readonly hostName: 'render-01';
  /** Unique on the engine, so that test files do not meet. */
  readonly container: string;
  readonly network: string;
  readonly volume: string;
  /** Host folder that is bound read-only to /etc/render. */
  readonly bindSource: string;
  /** On 127.0.0.1; the container's 8080, where v2 answers `GET /version` with `v2`. */
  readonly publishedPort: number;
  /** `127.0.0.1:port/<id>/pdf-renderer`; its images are nobody else's, so that the engine of all test files may remove them. */
  readonly repository: string;
  /** Of the manifests, `sha256:…`. v2 is for this machine's architecture, v3 for the other one. */
  readonly digests: { readonly v2: string; readonly v3: string };
  readonly architectures: { readonly v2: Architecture; readonly v3: Architecture };
  /** In the container's environment; must never be seen anywhere else. */
  readonly secret: string;
  readonly metricsUrl: string;
  /** YAML: hosts, registries, metrics, services, and approvals when approvers were given. */
  readonly configuration: string;
  /** Removes the container, network, volume and images that it made, ends the metrics page. Repeatable. */
  stop(): Promise<void>;
}

export interface IncidentOptions {
  /** Who may approve (`slack:U012AB3CD`, `web:<name>`, …); without any the configuration has no approvals. */
  readonly approvers?: readonly string[];
  /** Up to which version it is deployed; `v3`, the incident, when not said. */
  readonly version?: 'v2' | 'v3';
}

type Plan = Omit<Incident, 'stop' | 'publishedPort' | 'metricsUrl' | 'configuration' | 'digests'>;

const CONTAINER_PORT = '8080/tcp';

function planIncident(registry: LabRegistry, folder: string): Plan {
  const id = randomBytes(4).toString('hex');
  const name = `pdf-renderer-${id}`;
  const own: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  return {
    service: 'pdf-renderer',
    hostName: 'render-01',
    container: name,
    network: `${name}-net`,
    volume: `${name}-cache`,
    bindSource: join(folder, 'etc'),
    repository: `${registry.address}/${id}/pdf-renderer`,
    architectures: { v2: own, v3: own === 'amd64' ? 'arm64' : 'amd64' },
    secret: `s3cr3t-${randomBytes(12).toString('hex')}`,
  };
}

/** What a service in production has, and a rollback must keep. */
function containerOptions(plan: Plan, version: string, port: number | null): Docker.ContainerCreateOptions {
  return {
    name: plan.container,
    Image: `${plan.repository}:${version}`,
    Env: [`API_TOKEN=${plan.secret}`, 'RENDER_WORKERS=4'],
    Labels: { 'io.corp.team': 'documents', 'io.corp.service': plan.service },
    ExposedPorts: { [CONTAINER_PORT]: {} },
    HostConfig: {
      Binds: [`${plan.bindSource}:/etc/render:ro`, `${plan.volume}:/var/cache/render`],
      PortBindings: { [CONTAINER_PORT]: [{ HostIp: '127.0.0.1', HostPort: port === null ? '' : String(port) }] },
      RestartPolicy: { Name: 'unless-stopped' },
      NetworkMode: plan.network,
    },
    NetworkingConfig: { EndpointsConfig: { [plan.network]: { Aliases: ['renderer'] } } },
  };
}

async function pull(docker: Docker, image: string): Promise<void> {
  const progress = await docker.pull(image);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
}

/** Deploys a version in place of what is there, the way a deployment script does. Gives the published port. */
async function deploy(docker: Docker, plan: Plan, version: 'v2' | 'v3', port: number | null): Promise<number | null> {
  await pull(docker, `${plan.repository}:${version}`);
  await removeQuietly(docker.getContainer(plan.container).remove({ force: true }));
  const container = await docker.createContainer(containerOptions(plan, version, port));
  await container.start();
  const published = (await container.inspect()).NetworkSettings.Ports[CONTAINER_PORT]?.[0]?.HostPort;
  return published === undefined ? null : Number(published);
}

/** What is not there need not be removed. */
async function removeQuietly(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404) throw error;
  });
}

async function removeAll(docker: Docker, plan: Plan): Promise<void> {
  const filters = { network: [plan.network] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await removeQuietly(docker.getContainer(Id).remove({ force: true, v: true }));
  }
  await removeQuietly(docker.getContainer(plan.container).remove({ force: true, v: true }));
  await removeQuietly(docker.getNetwork(plan.network).remove());
  await removeQuietly(docker.getVolume(plan.volume).remove());
  for (const version of ['v2', 'v3']) {
    await removeQuietly(docker.getImage(`${plan.repository}:${version}`).remove({ force: true }));
  }
}

function configurationOf(
  engine: LabEngine,
  registry: LabRegistry,
  plan: Plan,
  scrape: string,
  options: IncidentOptions,
) {
  return stringify({
    hosts: { [plan.hostName]: { docker: engine.host } },
    registries: { [registry.address]: { plainHttp: true } },
    metrics: { app: { scrape } },
    services: {
      [plan.service]: {
        image: plan.repository,
        platforms: [`linux/${plan.architectures.v2}`],
        targets: [{ host: plan.hostName, container: plan.container }],
        impact: [{ metrics: 'app', name: 'jobs waiting', series: 'pdf_queue_pending_jobs', recovers: 'falling' }],
        ...(options.approvers && { approvals: 'production' }),
      },
    },
    ...(options.approvers && {
      approvals: { production: { approvers: options.approvers, required: 1, allowSelf: true } },
    }),
  });
}

/**
 * Whether the container does its work. `Running` alone does not tell: the engine says so of a container that it restarts
 * again and again too.
 */
async function isWorking(docker: Docker, container: string): Promise<boolean> {
  const { State, RestartCount } = await docker.getContainer(container).inspect();
  return State.Running && !State.Restarting && RestartCount === 0;
}

async function settle(docker: Docker, plan: Plan, version: 'v2' | 'v3'): Promise<void> {
  await waitFor(`${plan.container} ${version} to ${version === 'v2' ? 'run' : 'restart'}`, 30_000, async () => {
    const { RestartCount, State } = await docker.getContainer(plan.container).inspect();
    return (version === 'v2' ? State.Running : RestartCount >= 2) || null;
  });
}

/**
 * Pushes v2 (for this machine) and v3 (for the other architecture), deploys v2, and v3 in its place: it dies with
 * `exec format error` and is restarted again and again. Resolves when it has been restarted twice.
 */
export async function deployIncident(
  engine: LabEngine,
  registry: LabRegistry,
  options: IncidentOptions = {},
): Promise<Incident> {
  const folder = createScratchFolder('incident');
  const docker = new Docker({ socketPath: engine.socket, timeout: 60_000 });
  const plan = planIncident(registry, folder);
  const page = await startMetricsPage(() => isWorking(docker, plan.container));
  const stop = async () => {
    await page.stop();
    await removeAll(docker, plan);
    removeLabFolder(folder);
  };
  try {
    mkdirSync(plan.bindSource);
    writeFileSync(join(plan.bindSource, 'render.conf'), 'workers=4\n');
    const v2 = await buildRendererImage(plan.architectures.v2, 'v2', plan.container);
    const v3 = await buildRendererImage(plan.architectures.v3, 'v3', plan.container);
    await pushImages(plan.repository, { v2, v3 });
    await docker.createNetwork({ Name: plan.network, CheckDuplicate: true });
    const publishedPort = await deploy(docker, plan, 'v2', null);
    if (publishedPort === null) throw new Error('v2 of the incident published no port.');
    await settle(docker, plan, 'v2');
    if (options.version !== 'v2') {
      await deploy(docker, plan, 'v3', publishedPort);
      await settle(docker, plan, 'v3');
    }
    const configuration = configurationOf(engine, registry, plan, page.url, options);
    const digests = { v2: v2.digest, v3: v3.digest };
    return { ...plan, publishedPort, digests, metricsUrl: page.url, configuration, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
