import { readFile } from 'node:fs/promises';
import { type BuiltImage, buildImage } from '../../../adapters/practice/oci-image.ts';
import { busybox } from '../busybox.ts';

/** What a pod's sandbox runs: nothing, until it is told to end. */
export async function buildPauseImage(): Promise<BuiltImage> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const shell = await readFile(await busybox(architecture));
  return buildImage({
    platform: { os: 'linux', architecture, variant: null },
    layers: [
      [
        { path: '/bin', mode: 0o755, directory: true },
        { path: '/bin/busybox', mode: 0o755, content: shell },
      ],
    ],
    config: { entrypoint: ['/bin/busybox', 'sleep', '1000000'] },
    createdAt: '2026-11-20T16:40:00.000Z',
  });
}
