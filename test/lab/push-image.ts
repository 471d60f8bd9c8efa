import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuiltImage, MEDIA_TYPES } from '../../adapters/practice/oci-image.ts';
import { createScratchFolder, removeLabFolder } from './lab-folder.ts';

const run = promisify(execFile);

/** Writes images as an OCI image layout (image-spec image-layout.md), each under the tag that it is given with. */
async function writeImageLayout(folder: string, images: Readonly<Record<string, BuiltImage>>): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const manifests = Object.entries(images).map(([tag, { manifest, platform }]) => ({
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.content.length,
    platform: { os: platform.os, architecture: platform.architecture },
    annotations: { 'org.opencontainers.image.ref.name': tag },
  }));
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  for (const { manifest, config, layers } of Object.values(images)) {
    for (const { digest, content } of [manifest, config, ...layers]) {
      await writeFile(join(blobs, digest.replace('sha256:', '')), content);
    }
  }
}

/**
 * Pushes images with the real skopeo to a registry without TLS, each to the tag that it is given with. `repository` is
 * `127.0.0.1:5000/pdf-renderer`. Digests stay as they are.
 */
export async function pushImages(repository: string, images: Readonly<Record<string, BuiltImage>>): Promise<void> {
  const folder = createScratchFolder('layout');
  try {
    await writeImageLayout(folder, images);
    for (const tag of Object.keys(images)) {
      const copy = ['copy', '--insecure-policy', '--preserve-digests', '--dest-tls-verify=false'];
      await run('skopeo', [...copy, `oci:${folder}:${tag}`, `docker://${repository}:${tag}`], { timeout: 60_000 });
    }
  } finally {
    removeLabFolder(folder);
  }
}
