import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LayoutImage, writeImageLayout } from './image-layout.ts';
import { createScratchFolder, removeLabFolder } from './lab-folder.ts';

const run = promisify(execFile);

/**
 * Pushes images with the real skopeo to a registry without TLS, each to the tag that it is given with, several images as
 * an index. `repository` is `127.0.0.1:5000/pdf-renderer`. Digests stay as they are.
 */
export async function pushImages(repository: string, images: Readonly<Record<string, LayoutImage>>): Promise<void> {
  const folder = createScratchFolder('layout');
  try {
    await writeImageLayout(folder, images);
    for (const tag of Object.keys(images)) {
      const copy = ['copy', '--insecure-policy', '--all', '--preserve-digests', '--dest-tls-verify=false'];
      await run('skopeo', [...copy, `oci:${folder}:${tag}`, `docker://${repository}:${tag}`], { timeout: 60_000 });
    }
  } finally {
    removeLabFolder(folder);
  }
}
