import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { formatPlatform, type Platform } from '../../src/image/platform.ts';

/** One entry of a layer: a file, a symbolic link or a directory. Paths are absolute or relative to the root; owners default to root. */
export type ImageFile = { readonly path: string; readonly uid?: number; readonly gid?: number } & (
  | { readonly mode: number; readonly content: Uint8Array }
  | { readonly link: string }
  | { readonly mode: number; readonly directory: true }
);

/** What an image shall be made of. `layers` are from the lowest to the highest; `createdAt` is ISO 8601. */
export interface ImageSpec {
  readonly platform: Platform;
  readonly layers: readonly (readonly ImageFile[] | PackedLayer)[];
  readonly config: {
    readonly entrypoint?: readonly string[];
    readonly cmd?: readonly string[];
    readonly env?: readonly string[];
    readonly workingDir?: string;
    readonly user?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly createdAt: string;
}

/** Content as a registry stores it. `digest` is `sha256:…` of `content`. */
export interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** A layer as it is pushed; `diffId` is the digest of its tar archive (image-spec config.md). */
export interface PackedLayer {
  readonly diffId: string;
  readonly blob: Blob;
}

/** An image ready to be pushed: its manifest, and everything the manifest refers to. `digest` is the manifest's. */
export interface BuiltImage {
  readonly platform: Platform;
  readonly digest: string;
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

/** The media types of image-spec media-types.md that these images use. */
export const MEDIA_TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** `sha256:…` of some bytes. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

const blobOf = (mediaType: string, content: Uint8Array): Blob => ({ digest: digestOf(content), mediaType, content });

const jsonBlob = (mediaType: string, value: unknown) => blobOf(mediaType, Buffer.from(JSON.stringify(value)));

const descriptorOf = ({ mediaType, digest, content }: Blob) => ({ mediaType, digest, size: content.length });

function headerOf(file: ImageFile, mtime: Date): Partial<Header> & Pick<Header, 'name'> {
  const name = file.path.replace(/^\/+/, '');
  const common = { uid: file.uid ?? 0, gid: file.gid ?? 0, mtime };
  if ('link' in file) return { ...common, name, type: 'symlink', linkname: file.link, mode: 0o777 };
  if ('directory' in file) return { ...common, name: `${name}/`, type: 'directory', mode: file.mode };
  return { ...common, name, type: 'file', mode: file.mode, size: file.content.length };
}

/** A tar archive of the entries in their order; the same entries and time give the same bytes. */
export async function tarOf(files: readonly ImageFile[], mtime: Date): Promise<Buffer> {
  const archive = pack();
  for (const file of files) {
    archive.entry(headerOf(file, mtime), 'content' in file ? Buffer.from(file.content) : Buffer.alloc(0));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** gzip whose header names no operating system (RFC 1952, OS 255), so that the digest is the same wherever it is built. */
function gzip(content: Uint8Array): Buffer {
  const zipped = gzipSync(content);
  zipped[9] = 255;
  return zipped;
}

/** Packs a layer, for several images that have it in common; `createdAt` is the time of its files. */
export async function packLayer(files: readonly ImageFile[], createdAt: string): Promise<PackedLayer> {
  const archive = await tarOf(files, new Date(createdAt));
  return { diffId: digestOf(archive), blob: blobOf(MEDIA_TYPES.layer, gzip(archive)) };
}

/** Builds an image of one platform (OCI image-spec v1.1). The same spec gives the same digests. */
export async function buildImage(spec: ImageSpec): Promise<BuiltImage> {
  const packed = await Promise.all(
    spec.layers.map((layer) => ('diffId' in layer ? layer : packLayer(layer, spec.createdAt))),
  );
  const layers = packed.map(({ blob }) => blob);
  const { entrypoint, cmd, env, workingDir, user, labels } = spec.config;
  const config = jsonBlob(MEDIA_TYPES.config, {
    created: spec.createdAt,
    architecture: spec.platform.architecture,
    os: spec.platform.os,
    ...(spec.platform.variant && { variant: spec.platform.variant }),
    config: {
      ...(user !== undefined && { User: user }),
      ...(env && { Env: env }),
      ...(entrypoint && { Entrypoint: entrypoint }),
      ...(cmd && { Cmd: cmd }),
      ...(workingDir !== undefined && { WorkingDir: workingDir }),
      ...(labels && { Labels: labels }),
    },
    rootfs: { type: 'layers', diff_ids: packed.map(({ diffId }) => diffId) },
    history: packed.map((_, index) => ({
      created: spec.createdAt,
      created_by: `COPY layer ${index + 1} for ${formatPlatform(spec.platform)}`,
    })),
  });
  const manifest = jsonBlob(MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
  });
  return { platform: spec.platform, digest: manifest.digest, manifest, config, layers };
}

/** The index that names these images, each with its platform. */
export function buildIndex(images: readonly BuiltImage[]): Blob {
  return jsonBlob(MEDIA_TYPES.index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: images.map(({ manifest, platform }) => ({
      ...descriptorOf(manifest),
      platform: {
        architecture: platform.architecture,
        os: platform.os,
        ...(platform.variant && { variant: platform.variant }),
      },
    })),
  });
}
