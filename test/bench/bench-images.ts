import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { busybox } from '../lab/busybox.ts';
import { type BuiltImage, imageOf, type Stored, stored, type TarFile, tarOf } from '../servers/registry/build-image.ts';

/** An image of the benchmark. */
export interface BenchImage {
  readonly name: string;
  readonly image: BuiltImage;
  /** What must be looked at for an answer, as it stands in the archive; a peer fetches exactly these. */
  readonly files: readonly string[];
  /** Compressed bytes of all layers. */
  readonly size: number;
}

const MB = 1e6;
const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
const appFolder: TarFile = { name: 'app', type: 'directory', mode: 0o755 };
const version: TarFile = { name: 'app/version', content: '3' };

/** Level 1 compresses this content as well as any, and the benchmark need not wait for more. */
const pack = async (files: readonly TarFile[]): Promise<Stored> =>
  stored(gzipSync(await tarOf(files), { level: 1 }), GZIP);

/** Files that compress to about half, as programs and libraries do: `compressed` bytes of them in all. */
function filesOf(folder: string, compressed: number, each: number): TarFile[] {
  const text = Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(each / 45)));
  return Array.from({ length: Math.ceil(compressed / each) }, (_, at) => ({
    name: `${folder}/${at % 97}/${at}`,
    content: Buffer.concat([randomBytes(each), text.subarray(0, each)]),
  }));
}

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
const LOADER = `${LIBRARIES}/ld-linux-x86-64.so.2`;
const C_LIBRARY = `${LIBRARIES}/libc.so.6`;
/** Of this machine, as a base image of Debian holds them: /bin, /lib and /lib64 are links into /usr. */
const BASE = ['bin', 'lib', 'lib64', 'usr/lib64', 'usr/bin/gzip', LOADER, C_LIBRARY];

function baseOfThisMachine(): Buffer {
  return execFileSync('tar', ['-C', '/', '-cf', '-', ...BASE], {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Two archives are one when the end marker of the first is cut off. */
async function baseLayer(): Promise<Stored> {
  const filler = await tarOf(filesOf('usr/share/base', 28 * MB, 20_000));
  const end = filler.length - 1024;
  return stored(gzipSync(Buffer.concat([filler.subarray(0, end), baseOfThisMachine()]), { level: 1 }), GZIP);
}

function imageFor(argv: readonly string[], layers: readonly Stored[]): BuiltImage {
  const diffId = ({ bytes }: Stored) => `sha256:${createHash('sha256').update(gunzipSync(bytes)).digest('hex')}`;
  const run = { Entrypoint: argv, Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] };
  return imageOf('linux/amd64', layers, run, { rootfs: { type: 'layers', diff_ids: layers.map(diffId) } });
}

/** The images: small, typical with a static and with a dynamic program, and the worst case. Needs Debian on x86-64. */
export async function buildBenchImages(): Promise<readonly BenchImage[]> {
  const program = await readFile(await busybox('amd64'));
  const app: TarFile = { name: 'app/render', content: program, mode: 0o755 };
  const dynamic: TarFile = { name: 'app/zip', content: await readFile('/usr/bin/gzip'), mode: 0o755 };
  const small = [await pack([appFolder, app])];
  const typical = [
    await baseLayer(),
    await pack(filesOf('usr/share/runtime', 40 * MB, 12_000)),
    await pack(filesOf('opt/venv', 45 * MB, 9_000)),
    await pack(filesOf('srv/assets', 4 * MB, 40_000)),
    await pack([appFolder, app, dynamic]),
    await pack([appFolder, version]),
  ];
  const worst = [await pack([...filesOf('srv/data', 100 * MB, 100_000), appFolder, app]), await pack([version])];
  const bench = (name: string, layers: readonly Stored[], files: readonly string[]): BenchImage => ({
    name,
    files,
    image: imageFor([`/${files[0]}`], layers),
    size: layers.reduce((sum, { bytes }) => sum + bytes.length, 0),
  });
  return [
    bench('small: one layer', small, ['app/render']),
    bench('typical: six layers, static program near the top', typical, ['app/render']),
    bench('typical: the same, dynamic program, loader and libc in the base', typical, ['app/zip', LOADER, C_LIBRARY]),
    bench('worst case: at the end of a bottom layer of 100 MB', worst, ['app/render']),
  ];
}
