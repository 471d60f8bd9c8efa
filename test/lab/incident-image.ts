import { readFile } from 'node:fs/promises';
import {
  type BuiltImage,
  buildImage,
  type ImageFile,
  type PackedLayer,
  packLayer,
} from '../../adapters/practice/oci-image.ts';
import { busybox } from './busybox.ts';
import { type Architecture, debianBinary } from './debian-binary.ts';

const APPLETS = ['sh', 'sleep', 'cat', 'httpd', 'wget'];

const directory = (path: string): ImageFile => ({ path, mode: 0o755, directory: true });

/**
 * What /app/render is told to do: answer on port 8080 and wait until it is told to end. `wait` returns at once when the
 * signal comes, `sleep` in the foreground would not.
 */
const WORK = (version: string) =>
  `echo "pdf-renderer ${version} is ready"; httpd -p 8080 -h /app/www; trap 'exit 0' TERM; while :; do sleep 60 & wait $!; done`;

const createdAt = (version: string) => (version === 'v2' ? '2026-10-30T09:12:00.000Z' : '2026-11-20T16:40:00.000Z');

async function packLayers(architecture: Architecture, version: string): Promise<readonly PackedLayer[]> {
  const render = await readFile(await debianBinary('bash-static', 'bin/bash-static', architecture));
  const shell = await readFile(await busybox(architecture));
  const base: ImageFile[] = [
    directory('/bin'),
    { path: '/bin/busybox', mode: 0o755, content: shell },
    ...APPLETS.map((applet) => ({ path: `/bin/${applet}`, link: 'busybox' })),
    directory('/etc'),
    { path: '/etc/passwd', mode: 0o644, content: Buffer.from('root:x:0:0:root:/:/bin/sh\n') },
    { path: '/tmp', mode: 0o1777, directory: true },
  ];
  const app: ImageFile[] = [
    directory('/app'),
    { path: '/app/render', mode: 0o755, content: render },
    directory('/app/www'),
    { path: '/app/www/version', mode: 0o644, content: Buffer.from(version) },
  ];
  return Promise.all([base, app].map((files) => packLayer(files, createdAt(version))));
}

/** To compress the same megabytes for each test again takes longer than many a test. */
const packed = new Map<string, Promise<readonly PackedLayer[]>>();

function layersOf(architecture: Architecture, version: string): Promise<readonly PackedLayer[]> {
  const key = `${architecture} ${version}`;
  const layers = packed.get(key) ?? packLayers(architecture, version);
  packed.set(key, layers);
  return layers;
}

/**
 * An image of the incident, made of Debian's own static binaries for that architecture. /app/render is bash-static: a
 * real program that the kernel takes or refuses, that runs under any name (busybox goes by its name), that runs for as
 * long as its arguments (the Cmd) say, and that exists for both architectures. busybox is there for the shell. The layers are the
 * same whatever the revision is, the image is another one.
 */
export async function buildRendererImage(
  architecture: Architecture,
  version: string,
  revision?: string,
): Promise<BuiltImage> {
  return buildImage({
    platform: { os: 'linux', architecture, variant: null },
    layers: await layersOf(architecture, version),
    config: {
      entrypoint: ['/app/render'],
      cmd: ['-c', WORK(version)],
      env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
      workingDir: '/app',
      labels: {
        'org.opencontainers.image.version': version,
        ...(revision !== undefined && { 'org.opencontainers.image.revision': revision }),
      },
    },
    createdAt: createdAt(version),
  });
}
