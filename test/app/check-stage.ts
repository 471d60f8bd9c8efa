import { checkImage } from '../../src/app/check-image.ts';
import { parsePlatform } from '../../src/image/platform.ts';
import type { ImageCheck } from '../../src/playbook/image-check.ts';
import { makeElf } from '../kernel/make-elf.ts';
import { never, sourceFor } from '../registry/open-source.ts';
import { imageOf, indexOf, layerOf, type Stored, type TarFile } from '../servers/registry/build-image.ts';
import type { TestRegistry } from '../servers/registry/start-registry.ts';

const MACHINES = { amd64: 62, arm64: 183, '386': 3 } as const;

/** A static program for an architecture that the kernel takes. */
export function program(architecture: keyof typeof MACHINES): Buffer {
  const bits = architecture === '386' ? 32 : 64;
  return Buffer.from(makeElf({ machine: MACHINES[architecture], bits }));
}

export const file = (name: string, content: string | Buffer, mode = 0o755): TarFile => ({ name, content, mode });

export interface EntrySpec {
  /** `linux/amd64`: what the configuration says. */
  readonly config: string;
  /** What the index says; the configuration's when left out, nothing when null. */
  readonly stated?: string | null;
  readonly layers: readonly (readonly TarFile[])[];
  readonly run?: object;
}

const RUN = { Entrypoint: ['/app/render'] };

async function build({ config, layers, run }: EntrySpec) {
  return imageOf(config, await Promise.all(layers.map((files) => layerOf(files))), run ?? RUN);
}

function platformFields(entry: EntrySpec): object {
  const stated = entry.stated === undefined ? entry.config : entry.stated;
  if (stated === null) return {};
  const [os, architecture, variant] = stated.split('/');
  return { platform: { os, architecture, ...(variant && { variant }) } };
}

/** Pushes one index, with an attestation in it, as `team/render:<tag>`. */
export async function pushIndex(registry: TestRegistry, tag: string, entries: readonly EntrySpec[]): Promise<Stored> {
  const images = await Promise.all(entries.map(build));
  for (const image of images) registry.push('team/render', image);
  const attestation = await layerOf([file('attestation', 'x')]);
  const named = images.map((image, at) => [image.manifest, platformFields(entries[at]!)] as const);
  const index = indexOf([...named, [attestation, { platform: { os: 'unknown', architecture: 'unknown' } }]]);
  registry.putManifest('team/render', index, tag);
  return index;
}

/** Pushes one manifest as `team/render:<tag>`. */
export async function pushManifest(registry: TestRegistry, tag: string, entry: EntrySpec): Promise<Stored> {
  const image = await build(entry);
  registry.push('team/render', image, tag);
  return image.manifest;
}

/** Checks `team/render:<tag>` through the real adapter; `platforms` as on the command line. */
export function check(registry: TestRegistry, tag: string, ...platforms: string[]): Promise<ImageCheck> {
  const image = `${registry.host}/team/render:${tag}`;
  const wanted = platforms.map((text) => parsePlatform(text)!);
  const request = { image, reference: image, platforms: wanted.length === 0 ? null : wanted, moves: true };
  return checkImage({ images: sourceFor(registry.host), progress: () => {} }, request, never);
}
