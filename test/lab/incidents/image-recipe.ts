import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type Blob, digestOf, type ImageFile, MEDIA_TYPES, tarOf } from '../../../adapters/practice/oci-image.ts';
import { busybox } from '../busybox.ts';
import type { Architecture } from '../debian-binary.ts';

/** A file of a recipe: as it is, or made when it is needed, because that takes a compiler. */
export type RecipeFile = ImageFile | { readonly path: string; readonly make: () => Promise<Uint8Array> };

/** What an image shall be; by default it says that it is for linux/amd64 and stands on a busybox for amd64. */
export interface ImageRecipe {
  /** What its configuration says: `linux/arm64`, `linux/arm/v7`, `windows/amd64`. */
  readonly claims?: string;
  /** The architecture of the busybox below; null for an image from scratch. */
  readonly base?: Architecture | null;
  /** One list is one layer; above the base. */
  readonly layers?: readonly (readonly RecipeFile[])[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** One entry of an index: an image with the platform that the index gives it, another index, or an attestation. */
export type IndexEntry =
  | { readonly image: ImageRecipe; readonly as?: string }
  | { readonly index: readonly IndexEntry[] }
  | { readonly attestation: true };

export type IndexRecipe = readonly IndexEntry[];

/** A manifest or index with everything it refers to, in the order in which a registry takes them. */
export interface Pushable {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly blobs: readonly Blob[];
  readonly children: readonly Pushable[];
  /** Of the index's entry for it; null for an attestation's index or a nested index. */
  readonly platform: { os: string; architecture: string; variant?: string } | null;
}

const CREATED_AT = '2026-11-20T16:40:00.000Z';
const APPLETS = ['sh', 'sleep', 'cat', 'echo', 'env', 'httpd', 'cp', 'test'];

interface Layer {
  readonly blob: Blob;
  readonly diffId: string;
}

async function madeFile(file: RecipeFile): Promise<ImageFile> {
  return 'make' in file ? { path: file.path, mode: 0o755, content: await file.make() } : file;
}

async function layerOf(files: readonly RecipeFile[]): Promise<Layer> {
  const archive = await tarOf(await Promise.all(files.map(madeFile)), new Date(CREATED_AT));
  const content = gzipSync(archive, { level: 1 });
  return { blob: { digest: digestOf(content), mediaType: MEDIA_TYPES.layer, content }, diffId: digestOf(archive) };
}

const bases = new Map<Architecture, Promise<Layer>>();

async function baseFiles(architecture: Architecture): Promise<ImageFile[]> {
  const text = (path: string, content: string) => ({ path, mode: 0o644, content: Buffer.from(content) });
  return [
    { path: '/bin', mode: 0o755, directory: true },
    { path: '/bin/busybox', mode: 0o755, content: await readFile(await busybox(architecture)) },
    ...APPLETS.map((applet) => ({ path: `/bin/${applet}`, link: 'busybox' })),
    { path: '/usr', mode: 0o755, directory: true },
    { path: '/usr/bin', mode: 0o755, directory: true },
    { path: '/usr/bin/env', link: '../../bin/busybox' },
    { path: '/etc', mode: 0o755, directory: true },
    text('/etc/passwd', 'root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n'),
    text('/etc/group', 'root:x:0:\napp:x:1000:\n'),
    { path: '/tmp', mode: 0o1777, directory: true },
  ];
}

/** Built once for each architecture: most of the images share it, as images do. */
function baseLayer(architecture: Architecture): Promise<Layer> {
  const known = bases.get(architecture) ?? baseFiles(architecture).then(layerOf);
  bases.set(architecture, known);
  return known;
}

function platformOf(name: string): { os: string; architecture: string; variant?: string } {
  const [os = '', architecture = '', variant] = name.split('/');
  return { os, architecture, ...(variant && { variant }) };
}

function json(mediaType: string, value: unknown): Blob {
  const content = Buffer.from(JSON.stringify(value));
  return { digest: digestOf(content), mediaType, content };
}

const descriptorOf = ({ mediaType, digest, content }: Blob | Pushable) => ({
  mediaType,
  digest,
  size: content.length,
});

function configOf(recipe: ImageRecipe, layers: readonly Layer[]): Blob {
  const created = recipe.createdAt ?? CREATED_AT;
  const { entrypoint, cmd, env = ['PATH=/usr/local/bin:/usr/bin:/bin'], workdir, user, labels } = recipe;
  return json(MEDIA_TYPES.config, {
    created,
    ...platformOf(recipe.claims ?? 'linux/amd64'),
    config: {
      Env: env,
      ...(entrypoint && { Entrypoint: entrypoint }),
      ...(cmd && { Cmd: cmd }),
      ...(workdir !== undefined && { WorkingDir: workdir }),
      ...(user !== undefined && { User: user }),
      ...(labels && { Labels: labels }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, index) => ({ created, created_by: index === 0 ? 'ADD rootfs.tar / # buildkit' : 'COPY' })),
  });
}

/** Builds an image, ready to be pushed. The same recipe gives the same digests. */
export async function cookImage(recipe: ImageRecipe): Promise<Pushable & { readonly diffIds: readonly string[] }> {
  const base = recipe.base === null ? [] : [await baseLayer(recipe.base ?? 'amd64')];
  const layers = [...base, ...(await Promise.all((recipe.layers ?? []).map(layerOf)))];
  const config = configOf(recipe, layers);
  const manifest = json(MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptorOf(config),
    layers: layers.map(({ blob }) => descriptorOf(blob)),
  });
  const platform = platformOf(recipe.claims ?? 'linux/amd64');
  const blobs = [config, ...layers.map(({ blob }) => blob)];
  return { ...manifest, blobs, children: [], platform, diffIds: layers.map(({ diffId }) => diffId) };
}

/** What buildx adds for each platform since 0.10: provenance, of no platform. */
async function cookAttestation(of: string): Promise<Pushable> {
  const statement = json('application/vnd.in-toto+json', { _type: 'https://in-toto.io/Statement/v0.1', subject: of });
  const config = json(MEDIA_TYPES.config, {
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [statement.digest] },
  });
  const manifest = json(MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptorOf(config),
    layers: [descriptorOf(statement)],
  });
  const platform = { os: 'unknown', architecture: 'unknown' };
  return { ...manifest, blobs: [config, statement], children: [], platform };
}

/** Builds an index with its children; an attestation belongs to the entry before it. */
export async function cookIndex(recipe: IndexRecipe): Promise<Pushable> {
  const entries: { child: Pushable; descriptor: object }[] = [];
  for (const entry of recipe) {
    if ('attestation' in entry) {
      const of = entries.at(-1)?.child.digest ?? '';
      const child = await cookAttestation(of);
      const annotations = {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': of,
      };
      entries.push({ child, descriptor: { ...descriptorOf(child), platform: child.platform, annotations } });
      continue;
    }
    const child = 'index' in entry ? await cookIndex(entry.index) : await cookImage(entry.image);
    const platform = 'index' in entry ? null : entry.as ? platformOf(entry.as) : child.platform;
    entries.push({ child, descriptor: { ...descriptorOf(child), ...(platform && { platform }) } });
  }
  const index = json(MEDIA_TYPES.index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: entries.map(({ descriptor }) => descriptor),
  });
  return { ...index, blobs: [], children: entries.map(({ child }) => child), platform: null };
}
