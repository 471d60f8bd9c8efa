import { readFile } from 'node:fs/promises';
import { type BuiltImage, buildImage, type ImageFile } from '../../adapters/practice/oci-image.ts';
import type { Platform } from '../../src/image/platform.ts';
import { busybox } from '../lab/busybox.ts';
import type { Architecture } from '../lab/debian-binary.ts';

const platform = (architecture: Architecture): Platform => ({ os: 'linux', architecture, variant: null });

export interface CheckedImage {
  /** What the configuration says. */
  readonly says: Architecture;
  /** What its program is for; the same when left out. */
  readonly holds?: Architecture;
  /** What the index says; the configuration's when left out. */
  readonly listed?: Architecture;
  readonly entrypoint?: readonly string[];
  readonly files?: readonly ImageFile[];
}

/** An image whose program is Debian's own static busybox. The program's layer is the same wherever it is the same program. */
export async function checkedImage(spec: CheckedImage): Promise<BuiltImage> {
  const program = await readFile(await busybox(spec.holds ?? spec.says));
  const image = await buildImage({
    platform: platform(spec.says),
    layers: [
      [
        { path: '/bin/busybox', mode: 0o755, content: program },
        { path: '/bin/sh', link: 'busybox' },
      ],
      spec.files ?? [{ path: '/etc/motd', mode: 0o644, content: Buffer.from('hello') }],
    ],
    config: { entrypoint: spec.entrypoint ?? ['/bin/sh'], env: ['PATH=/bin', 'TOKEN=canary-of-the-environment'] },
    createdAt: '2026-11-01T10:00:00Z',
  });
  return { ...image, platform: platform(spec.listed ?? spec.says) };
}

/** An executable text at /start. */
export const script = (content: string): ImageFile => ({
  path: '/start',
  mode: 0o755,
  content: Buffer.from(content),
});
