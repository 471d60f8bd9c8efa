import { resolve } from 'node:path';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../config/config.ts';
import { type ImageName, parseImageName } from '../image/image-name.ts';
import { ProbeError } from '../playbook/answer.ts';
import type { ImageSource } from '../ports/image-source.ts';
import { createRedact, type Redact } from '../view/create-redact.ts';
import { UsageError } from './exit-status.ts';
import { findConfig } from './find-config.ts';
import { createStderrLog } from './stderr-log.ts';

/** Where an image that a person named can be read. */
export interface OpenedImages {
  readonly images: ImageSource;
  /** What the source calls it. */
  readonly reference: string;
  /** Whether others pull it by a tag that can be overwritten. */
  readonly moves: boolean;
  /** Removes what is a secret everywhere and by the configuration. */
  readonly redact: Redact;
  /** Takes away whatever was made to read it. */
  close(): Promise<void>;
}

export interface OpenImagesOptions {
  readonly config: string | null;
  readonly on: string | null;
}

/** Opens the place that an image's name stands for; only what that place needs is loaded. Rejects with UsageError. */
export async function openImages(text: string, options: OpenImagesOptions): Promise<OpenedImages> {
  const parsed = parseImageName(text);
  if (parsed.kind === 'invalid') throw new UsageError(`${text}: ${parsed.reason}.`);
  const { name } = parsed;
  if (options.on !== null && name.kind !== 'docker-daemon') {
    throw new UsageError('--on names a Docker host; it is for images as docker-daemon:NAME.');
  }
  switch (name.kind) {
    case 'registry':
      return openRegistry(name.reference, await configOf(options));
    case 'docker-daemon':
      return openEngine(name.reference, options.on, await configOf(options));
    default:
      return openFile(name);
  }
}

/** Without a configuration nothing of it is loaded, not even its reader. */
async function configOf({ config }: OpenImagesOptions): Promise<Config | null> {
  const file = findConfig(config);
  if (file === null) return null;
  const { readConfig } = await import('./load-config.ts');
  return readConfig(file);
}

async function openRegistry(reference: string, config: Config | null): Promise<OpenedImages> {
  const { parseReference } = await import('../image/reference.ts');
  const parsed = parseReference(reference);
  if (parsed.kind === 'invalid') throw new UsageError(`${reference} is no image reference: ${parsed.reason}.`);
  const [{ createImageSource }, { cacheFolder, dockerConfigPath, registryOptions }] = await Promise.all([
    import('../../adapters/registry/oci/image-source.ts'),
    import('./registry-options.ts'),
  ]);
  const redact = createRedact(config?.redact ?? []);
  const registries = await registryOptions(config?.registries ?? []);
  const images = createImageSource({
    registries,
    dockerConfigPath: dockerConfigPath(),
    cacheDir: cacheFolder(),
    log: createStderrLog(redact),
    clock: systemClock,
  });
  return { images, reference, moves: parsed.reference.digest === null, redact, close: async () => {} };
}

async function openEngine(reference: string, on: string | null, config: Config | null): Promise<OpenedImages> {
  const [{ createDockerImages }, { connectTo }, { localEngine }] = await Promise.all([
    import('../../adapters/estate/docker/image-source.ts'),
    import('./connect-hosts.ts'),
    import('./local-engine.ts'),
  ]);
  const known = config?.hosts ?? [];
  const host = on === null ? null : known.find(({ name }) => name === on);
  if (host === undefined) {
    const names = known.map(({ name }) => name).join(', ');
    throw new UsageError(`there is no host ${on}; ${names ? `configured: ${names}` : 'give --config with hosts'}.`);
  }
  const docker = localEngine();
  if (host === null && docker === null) {
    throw new UsageError('there is no Docker engine here: set DOCKER_HOST, or name a configured host with --on.');
  }
  const chosen = host ?? { name: 'local', docker: docker ?? '', practice: false };
  const source = createDockerImages({ name: chosen.name, client: connectTo(chosen), clock: systemClock });
  const redact = createRedact(config?.redact ?? []);
  // What was left is said, and swept by the next one; the answer stands.
  const close = () =>
    source.close().catch((error: unknown) => {
      if (!(error instanceof ProbeError)) throw error;
      createStderrLog(redact).warn({}, `a temporary container could not be removed: ${error.message}`);
    });
  return { images: source.images, reference, moves: false, redact, close };
}

async function openFile(name: Extract<ImageName, { path: string }>): Promise<OpenedImages> {
  const { createLocalImages } = await import('../../adapters/registry/oci/local/local-images.ts');
  const source = createLocalImages({ kind: name.kind, path: resolve(name.path), clock: systemClock });
  return {
    images: source.images,
    reference: name.reference,
    moves: false,
    redact: createRedact([]),
    close: source.close,
  };
}
