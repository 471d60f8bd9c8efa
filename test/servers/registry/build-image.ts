import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** A blob or manifest as a registry holds it. */
export interface Stored {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Of the descriptor that points to it. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A file for a layer: a tar header and its content. */
export type TarFile = Partial<Omit<Header, 'size'>> & { readonly name: string; readonly content?: string | Buffer };

export interface BuiltImage {
  readonly manifest: Stored;
  readonly blobs: readonly Stored[];
  readonly layers: readonly Stored[];
}

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export function stored(bytes: Buffer, mediaType: string): Stored {
  return { bytes, mediaType, digest: sha256(bytes) };
}

export async function tarOf(files: readonly TarFile[]): Promise<Buffer> {
  const archive = pack();
  const whole = buffer(archive);
  for (const { content, ...header } of files) archive.entry({ mode: 0o644, ...header }, content ?? '');
  archive.finalize();
  return whole;
}

const COMPRESS = { gzip: gzipSync, zstd: zstdCompressSync, none: (bytes: Buffer) => bytes };

export async function layerOf(files: readonly TarFile[], as: keyof typeof COMPRESS = 'gzip'): Promise<Stored> {
  const suffix = as === 'none' ? '' : `+${as}`;
  return stored(COMPRESS[as](await tarOf(files)), `application/vnd.oci.image.layer.v1.tar${suffix}`);
}

/** An image for `os/arch[/variant]` of these layers, lowest first; `more` are further fields of its configuration. */
export function imageOf(platform: string, layers: readonly Stored[], run: object = {}, more: object = {}): BuiltImage {
  const [os, architecture, variant] = platform.split('/');
  const config = stored(
    Buffer.from(
      JSON.stringify({ os, architecture, variant, config: run, rootfs: { type: 'layers', diff_ids: [] }, ...more }),
    ),
    'application/vnd.oci.image.config.v1+json',
  );
  const manifest = manifestOf({ config: describe(config), layers: layers.map(describe) });
  return { manifest, blobs: [config, ...layers], layers };
}

/** A manifest of an image or an artifact with these fields. */
export function manifestOf(fields: object): Stored {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return stored(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields })), mediaType);
}

/** The manifest of an attestation as BuildKit writes it; its configuration is not pushed. */
export function attestationOf(statement: Stored, predicateType?: string): Stored {
  const config = stored(Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json');
  const annotations = predicateType === undefined ? {} : { 'in-toto.io/predicate-type': predicateType };
  return manifestOf({ config: describe(config), layers: [{ ...describe(statement), annotations }] });
}

/** An index; each entry is what it points to, with further fields of the entry. */
export function indexOf(entries: readonly (readonly [Stored, object])[]): Stored {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = entries.map(([target, fields]) => ({ ...describe(target), ...fields }));
  return stored(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests })), mediaType);
}

export const describe = ({ mediaType, digest, bytes, annotations }: Stored) => ({
  mediaType,
  digest,
  size: bytes.length,
  ...(annotations && { annotations }),
});
