import { join } from 'node:path';
import type Docker from 'dockerode';
import { waitFor } from '../waiting.ts';
import type { Act, RunOptions, Until } from './incident-case.ts';
import { containerName, referenceOf, type Scene, writeHostFolder } from './stage.ts';

/** Longer than any of the stories' programs runs that are to end. */
const UNTIL_MS = 30_000;

/** Must never be seen in anything that the bot says. */
export const SECRET = 's3cr3t-of-the-incidents';

/** Creates and starts a container and waits for what is expected of it; that it cannot be started is expected too. */
export async function runContainer(scene: Scene, act: Extract<Act, { run: string }>): Promise<void> {
  const { docker, incident } = scene;
  const container = await docker.createContainer({
    name: containerName(incident, act.as),
    Image: referenceOf(scene, act.run),
    ...createOptions(scene, act.with ?? {}),
  });
  if (act.until === 'created') return;
  await container.start().catch(expectRefusal);
  await settle(container, act.until ?? 'ended');
}

/** The engine answers 400, 404 or 500 when the runtime could not start it; the container keeps the reason. */
function expectRefusal(error: { statusCode?: number }): void {
  if (error.statusCode === undefined) throw error;
}

function createOptions(scene: Scene, options: RunOptions): Docker.ContainerCreateOptions {
  const { entrypoint, cmd, user, workdir, env = [], labels, platform } = options;
  return {
    Env: [`API_TOKEN=${SECRET}`, ...env],
    ...(entrypoint && { Entrypoint: [...entrypoint] }),
    ...(cmd && { Cmd: [...cmd] }),
    ...(user !== undefined && { User: user }),
    ...(workdir !== undefined && { WorkingDir: workdir }),
    ...(labels && { Labels: labels }),
    ...(platform && { platform }),
    HostConfig: hostConfig(scene, options),
  };
}

function hostConfig(scene: Scene, options: RunOptions): Docker.HostConfig {
  const { mounts = [], tmpfs, init, readOnly, restart, logDriver, securityOptions, memory } = options;
  const binds = mounts.map((mount) => `${sourceOf(scene, mount)}:${mount.at}`);
  return {
    NetworkMode: 'none',
    Binds: binds,
    ...(tmpfs && { Tmpfs: tmpfs }),
    ...(init && { Init: true }),
    ...(readOnly && { ReadonlyRootfs: true }),
    ...(restart && { RestartPolicy: { Name: restart, ...(restart === 'on-failure' && { MaximumRetryCount: 2 }) } }),
    ...(logDriver && { LogConfig: { Type: logDriver, Config: {} } }),
    ...(securityOptions && { SecurityOpt: [...securityOptions] }),
    ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
  };
}

function sourceOf(scene: Scene, mount: NonNullable<RunOptions['mounts']>[number]): string {
  if ('volume' in mount) return `${scene.incident.id}-${mount.volume}`;
  if ('files' in mount) return writeHostFolder(scene, mount.at, mount.files);
  return join(writeHostFolder(scene, mount.at, { file: mount.file }), 'file');
}

/** Starts a container once more, and waits for what is expected of it. */
export async function startAgain({ docker, incident }: Scene, as: string, until: Until): Promise<void> {
  const container = docker.getContainer(containerName(incident, as || undefined));
  await container.start().catch(expectRefusal);
  await settle(container, until);
}

async function settle(container: Docker.Container, until: Until): Promise<void> {
  await waitFor(`${container.id} to be ${until}`, UNTIL_MS, async () => {
    const { State, RestartCount } = await container.inspect();
    if (until === 'running') return State.Running || null;
    if (until === 'restarting') return RestartCount >= 2 || null;
    return !State.Running && State.Status !== 'restarting' ? true : null;
  });
}
