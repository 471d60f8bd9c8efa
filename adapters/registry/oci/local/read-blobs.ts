import { type ImageConfig, parseImageConfig } from '../../../../src/image/config.ts';
import { problem } from '../../../../src/playbook/answer.ts';
import { acceptManifest } from './accept-manifest.ts';
import { digestOf } from './digest-of.ts';
import type { NamedManifest } from './image-store.ts';
import type { LocalFiles } from './local-files.ts';

const LARGEST_MANIFEST = 4 * 1024 ** 2;
const LARGEST_CONFIG = 8 * 1024 ** 2;

/** Reads a file that has to be there. Rejects with ProbeError. */
export async function readManifestFile(files: LocalFiles, path: string, signal: AbortSignal): Promise<Buffer> {
  const bytes = await files.read(path, LARGEST_MANIFEST, signal);
  if (bytes !== null) return bytes;
  throw problem('not-found', files.target, `there is no ${path} in it. ${INCOMPLETE}`);
}

const INCOMPLETE = 'It may have been saved by half, or in another format than it was named with.';

/** Reads a manifest or index by its digest, which is checked. Rejects with ProbeError. */
export async function readManifest(
  files: LocalFiles,
  path: string,
  digest: string,
  signal: AbortSignal,
): Promise<NamedManifest> {
  const bytes = await readManifestFile(files, path, signal);
  return { digest: checked(files, path, bytes, digest), manifest: parse(files, path, bytes) };
}

/** The manifest or index in a file, whatever its digest is. */
export function parse(files: LocalFiles, path: string, bytes: Buffer): NamedManifest['manifest'] {
  return acceptManifest(bytes.toString('utf8'), null, files.target, path);
}

/** Reads an image's configuration by its digest, which is checked. Rejects with ProbeError. */
export async function readConfig(
  files: LocalFiles,
  path: string,
  digest: string,
  signal: AbortSignal,
): Promise<ImageConfig> {
  const bytes = await files.read(path, LARGEST_CONFIG, signal);
  if (bytes === null) throw problem('not-found', files.target, `there is no ${path} in it. ${INCOMPLETE}`);
  checked(files, path, bytes, digest);
  const config = parseImageConfig(bytes.toString('utf8'));
  if (config !== null) return config;
  throw problem('invalid', files.target, `${path} in it is no configuration of an image.`);
}

function checked(files: LocalFiles, path: string, bytes: Buffer, digest: string): string {
  if (digestOf(bytes, digest) === digest) return digest;
  const message = `${path} in it has other bytes than its digest stands for. Save or build the image again.`;
  throw problem('invalid', files.target, message);
}
