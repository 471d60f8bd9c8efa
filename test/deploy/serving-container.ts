import { statSync } from 'node:fs';
import type Docker from 'dockerode';
import { waitFor } from '../lab/waiting.ts';
import type { ShippedImage } from './build-shipped-image.ts';
import { logOf, RESTRICTED } from './run-shipped-image.ts';

/** Where a container of the image finds the engine's socket, when it gets it. */
const SOCKET = '/var/run/docker.sock';

export interface ServingContainerOptions {
  /** A folder of this machine with `execfmt.yaml`. */
  readonly config: string;
  /** A volume's name. */
  readonly volume: string;
  readonly env: Readonly<Record<string, string>>;
}

/** `execfmt serve` in a container of the image that holds the engine's socket. */
export interface ServingContainer {
  /** As `docker stop --time`: gives the exit status, which is 137 when it had to be killed. */
  stop(seconds: number): Promise<{ readonly ExitCode: number; readonly OOMKilled: boolean }>;
  /** The same container once more. */
  restart(): Promise<void>;
  /** A new container on the same volume, as an update makes it. */
  replace(): Promise<void>;
  /** Both streams of the container that there is now. */
  log(): Promise<string>;
  /** Repeatable. Removes the volume too. */
  remove(): Promise<void>;
}

/**
 * Starts one with docs/install.md's restrictions and waits until it says that it is ready. It is on the machine's network, as
 * the lab's registry and chats listen on its loopback interface alone.
 */
export async function startServingContainer(
  { docker, tag, engine }: ShippedImage,
  { config, volume, env }: ServingContainerOptions,
): Promise<ServingContainer> {
  const options: Docker.ContainerCreateOptions = {
    Image: tag,
    User: '1000:1000',
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    // It listens on another port here than the image asks at.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...RESTRICTED,
      NetworkMode: 'host',
      GroupAdd: [String(statSync(engine.socket).gid)],
      Binds: [`${volume}:/data`, `${config}:/etc/execfmt:ro`, `${engine.socket}:${SOCKET}`],
    },
  };
  const create = () => docker.createContainer(options);
  let container = await create();
  const begin = async () => {
    const before = (await logOf(container)).length;
    await container.start();
    await waitFor('execfmt serve to be ready', 60_000, async () => {
      const log = await logOf(container);
      if (!(await container.inspect()).State.Running) throw new Error(`execfmt serve has ended:\n${log}`);
      return log.slice(before).includes('execfmt is ready') || null;
    });
  };
  const remove = async () => {
    await container.remove({ force: true, v: true }).catch(ifThere);
    await docker.getVolume(volume).remove().catch(ifThere);
  };
  try {
    await begin();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    async stop(seconds) {
      await container.stop({ t: seconds });
      return (await container.inspect()).State;
    },
    restart: begin,
    async replace() {
      await container.remove();
      container = await create();
      await begin();
    },
    log: () => logOf(container),
    remove,
  };
}

function ifThere(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error;
}
