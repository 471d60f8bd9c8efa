/**
 * Measures what reading images costs: bytes that the registry served, time, and peak memory of the reading process.
 * Run it with `npm run build && node test/lab/measure-layers.ts`. Timings are this machine's, over its loopback; bytes are everybody's.
 */
import { execFileSync, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { estargzOf } from '../servers/registry/build-estargz.ts';
import { imageOf, layerOf, type Stored, stored, type TarFile } from '../servers/registry/build-image.ts';
import { startRegistry } from '../servers/registry/start-registry.ts';
import { busybox } from './busybox.ts';

interface Task {
  readonly reference: string;
  readonly argv: readonly string[];
  readonly cacheDir: string;
}
interface Report {
  readonly outcome: string;
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

const MIB = 1024 ** 2;
/** Real files of this machine, as a layer of a Debian image holds them. */
const packed = (...paths: string[]) =>
  stored(
    gzipSync(
      execFileSync('tar', ['-C', '/', '-cf', '-', ...paths], {
        maxBuffer: 2 ** 30,
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ),
    'application/vnd.oci.image.layer.v1.tar+gzip',
  );
const noise = (name: string, size: number): TarFile => ({ name, content: randomBytes(size) });
const folderOf = (name: string, count: number, size: number) =>
  Array.from({ length: count }, (_, at) => noise(`${name}/${at % 97}/${at}`, size));

async function buildImages() {
  const program = await readFile(await busybox('amd64'));
  const appFolder: TarFile = { name: 'app', type: 'directory', mode: 0o755 };
  const app: TarFile = { name: 'app/render', content: program, mode: 0o755 };
  const base = packed(...BASE);
  const middle = await layerOf(folderOf('usr/share/data', 4000, 12_000));
  const below = [base, middle, await layerOf(folderOf('opt/venv', 6000, 9_000)), await layerOf([appFolder])];
  const script: TarFile = { name: 'app/start', content: '#!/usr/bin/ls\n', mode: 0o755 };
  const dynamic: TarFile = { name: 'app/zip', content: await readFile('/usr/bin/gzip'), mode: 0o755 };
  const typical = [
    ...below,
    await layerOf([appFolder, app, dynamic, script]),
    await layerOf([appFolder, { name: 'app/version', content: '3' }]),
  ];
  const worst = [
    await layerOf([noise('filler', 100 * MIB), appFolder, app]),
    await layerOf([{ name: 'etc/motd', content: 'x' }]),
  ];
  const many = [
    await layerOf([...Array.from({ length: 200 }, (_, at) => noise(`lib/${at}`, 10)), app, ...manyFiles(150_000)]),
  ];
  const lazy = [await estargzOf([noise('filler', 100 * MIB), appFolder, app])];
  return {
    small: { layers: [await layerOf([appFolder, app])], argv: ['/app/render'] },
    'typical, static program on top': { layers: typical, argv: ['/app/render'] },
    'typical, dynamic program on top': { layers: typical, argv: ['/app/zip'] },
    'typical, script with an interpreter of the base': { layers: typical, argv: ['/app/start'] },
    'worst case: at the end of 100 MB': { layers: worst, argv: ['/app/render'] },
    'the same as eStargz': { layers: lazy, argv: ['/app/render'] },
    '150,000 files': { layers: many, argv: ['/app/render'] },
  } satisfies Record<string, { layers: readonly Stored[]; argv: readonly string[] }>;
}

/** On Debian /bin, /lib and /lib64 are links into /usr. */
const BASE = [
  ...['bin', 'lib', 'lib64', 'etc', 'usr/lib64', 'usr/bin/gzip', 'usr/bin/ls', 'usr/lib/x86_64-linux-gnu/perl-base'],
  ...['usr/lib/x86_64-linux-gnu/libc.so.6', 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'],
];
const manyFiles = (count: number): TarFile[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `node_modules/package-${at % 900}/lib/file-${at}.js`,
    content: `// ${at}`,
  }));

async function measure(): Promise<void> {
  const registry = await startRegistry();
  const cacheDir = await mkdtemp(join(tmpdir(), 'execfmt-measure-'));
  try {
    for (const [name, { layers, argv }] of Object.entries(await buildImages())) {
      registry.push('x', imageOf('linux/amd64', layers), 'v1');
      await rm(cacheDir, { recursive: true, force: true });
      const pull = layers.reduce((sum, { bytes }) => sum + bytes.length, 0);
      for (const state of ['cold', 'warm']) {
        const before = { bytes: registry.bytesSent(), requests: registry.seen.length };
        const report = await inAnotherProcess({ reference: `${registry.host}/x:v1`, argv, cacheDir });
        const bytes = registry.bytesSent() - before.bytes;
        const requests = registry.seen.length - before.requests;
        process.stdout.write(
          `${name}, ${state}: ${report.outcome}, ${(bytes / 1e6).toFixed(3)} of ${(pull / 1e6).toFixed(1)} MB (${((100 * bytes) / pull).toFixed(1)} %), ` +
            `${requests} requests, ${report.ms} ms, of the CPU ${report.cpuMs} ms, peak ${report.peakMiB} MiB\n`,
        );
      }
    }
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
    await registry.stop();
  }
}

async function inAnotherProcess(task: Task): Promise<Report> {
  const child = fork(join(import.meta.dirname, 'read-image.js'), [JSON.stringify(task)]);
  const [report] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [null])])) as [
    Report | null,
  ];
  if (report === null) throw new Error('the reading process failed');
  return report;
}

await measure();
