import { randomBytes } from 'node:crypto';
import { formatPlatform, parsePlatform, samePlatform } from '../../../src/image/platform.ts';
import { type Container, statusOf } from './container.ts';
import {
  type CreateRequest,
  configOf,
  createSchema,
  type EndpointSettings,
  hostConfigOf,
  mountsOf,
} from './container-config.ts';
import { ContainerLog } from './container-log.ts';
import { EngineError } from './engine-error.ts';
import type { ImageStore, StoredImage } from './image-store.ts';
import { isNetwork } from './networks.ts';
import { HOST_PLATFORM } from './practice-host.ts';
import { formatReference, parseReference } from './reference.ts';
import { halt, launch, recordEvent, type Surroundings } from './run-container.ts';

/** What `create` is told besides the body. Without a name one is made up; `createdAt` is for a container with a past. */
export interface CreateOptions {
  readonly name?: string | null;
  readonly platform?: string | null;
  readonly createdAt?: number;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

const stateAtFirst = () => ({
  running: false,
  restarting: false,
  pid: 0,
  exitCode: 0,
  error: '',
  startedAt: null,
  finishedAt: null,
});

/** The engine's containers. Errors are EngineError, with the statuses and texts of Docker 20.10. */
export class Containers {
  readonly #containers = new Map<string, Container>();
  readonly #images: ImageStore;
  readonly #around: Surroundings;

  constructor(images: ImageStore, around: Omit<Surroundings, 'all'>) {
    this.#images = images;
    this.#around = { ...around, all: () => this.#containers.values() };
  }

  /** What `launch` and its companions are given. */
  get around(): Surroundings {
    return this.#around;
  }

  /** Newest first. */
  list(): Container[] {
    return [...this.#containers.values()].sort((a, b) => b.createdAt - a.createdAt);
  }

  /** By id, name or the beginning of an id; throws 404 when there is none. */
  get(text: string): Container {
    const wanted = text.replace(/^\//, '');
    const all = this.list();
    const exact = all.find(({ id, name }) => id === wanted || name === wanted);
    if (exact) return exact;
    const [first, second] = wanted === '' ? [] : all.filter(({ id }) => id.startsWith(wanted));
    if (second) throw new EngineError(400, `Multiple IDs found with provided prefix: ${wanted}`);
    if (!first) throw new EngineError(404, `No such container: ${wanted}`);
    return first;
  }

  /** Creates a container, and gives the warnings with it. */
  create(body: CreateRequest, options: CreateOptions): { container: Container; warnings: string[] } {
    const request = createSchema.parse(body);
    const id = randomBytes(32).toString('hex');
    const name = options.name || `practice_${id.slice(0, 8)}`;
    this.#refuseBadName(name);
    if (request.Image === '') throw new EngineError(400, 'No command specified');
    const image = this.#imageFor(request.Image, options.platform ?? null);
    const hostConfig = hostConfigOf(request);
    const container: Container = {
      id,
      name,
      createdAt: options.createdAt ?? this.#around.now(),
      image,
      config: configOf(request, image, id),
      hostConfig,
      mounts: mountsOf(request),
      networks: networksOf(hostConfig.NetworkMode, request.NetworkingConfig?.EndpointsConfig ?? {}),
      log: new ContainerLog(),
      state: stateAtFirst(),
      restartCount: 0,
      backoff: 0,
      stoppedByHand: false,
      cease: () => {},
    };
    this.#containers.set(id, container);
    recordEvent(this.#around.events, container, 'create', container.createdAt);
    return { container, warnings: options.platform ? [] : foreignPlatformWarnings(image) };
  }

  #refuseBadName(name: string): void {
    if (!NAME.test(name)) {
      throw new EngineError(400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
    }
    const holder = this.list().find((container) => container.name === name);
    if (!holder) return;
    throw new EngineError(
      409,
      `Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }

  #imageFor(text: string, platform: string | null): StoredImage {
    const image = this.#images.find(text);
    if (!image) throw new EngineError(404, `No such image: ${formatReference(parseReference(text))}`);
    const wanted = platform === null ? null : parsePlatform(platform);
    if (platform !== null && !wanted) throw new EngineError(400, `"${platform}" is an invalid platform`);
    const actual = platformOf(image);
    if (wanted && !samePlatform(actual, wanted)) {
      throw new EngineError(
        404,
        `image with reference ${text} was found but does not match the specified platform: wanted ${formatPlatform(wanted)}, actual: ${formatPlatform(actual)}`,
      );
    }
    return image;
  }

  /** Starts it; false when it runs already. */
  start(container: Container): boolean {
    if (container.state.running) return false;
    const missing = Object.keys(container.networks).find((name) => !isNetwork(name));
    if (missing !== undefined) throw new EngineError(404, `network ${missing} not found`);
    Object.assign(container, { restartCount: 0, backoff: 0, stoppedByHand: false });
    launch(container, this.#around);
    return true;
  }

  /** Stops it; false when it does not run. */
  stop(container: Container): boolean {
    if (!container.state.running) return false;
    halt(container, this.#around);
    return true;
  }

  rename(container: Container, name: string): void {
    const wanted = name.replace(/^\//, '');
    if (wanted === '') throw new EngineError(400, 'Neither old nor new names may be empty');
    if (wanted === container.name) {
      throw new EngineError(400, 'Renaming a container with the same name as its current name');
    }
    this.#refuseBadName(wanted);
    const oldName = container.name;
    container.name = wanted;
    recordEvent(this.#around.events, container, 'rename', this.#around.now(), { oldName: `/${oldName}` });
  }

  remove(container: Container, force: boolean): void {
    if (container.state.running) {
      if (!force) {
        throw new EngineError(
          409,
          `You cannot remove a ${statusOf(container.state)} container ${container.id}. Stop the container before attempting removal or force remove`,
        );
      }
      halt(container, this.#around);
    }
    this.#containers.delete(container.id);
    recordEvent(this.#around.events, container, 'destroy', this.#around.now());
  }

  /** Ends everything that goes on and forgets all containers. */
  clear(): void {
    for (const container of this.list()) this.remove(container, true);
  }
}

function platformOf({ config }: StoredImage) {
  return { os: config.os, architecture: config.architecture, variant: config.variant ?? null };
}

function foreignPlatformWarnings(image: StoredImage): string[] {
  const platform = platformOf(image);
  if (samePlatform(platform, HOST_PLATFORM)) return [];
  return [
    `The requested image's platform (${formatPlatform(platform)}) does not match the detected host platform (${formatPlatform(HOST_PLATFORM)}) and no specific platform was requested`,
  ];
}

const networkNamed = (name: string) => (name === 'default' ? 'bridge' : name);

function networksOf(mode: string, asked: Readonly<Record<string, EndpointSettings | null>>) {
  const settings = Object.entries(asked).map(([name, endpoint]) => [networkNamed(name), endpoint ?? {}] as const);
  return { [networkNamed(mode)]: {}, ...Object.fromEntries(settings) };
}
