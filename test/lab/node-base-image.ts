import { execFile } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type Architecture, cacheFolder } from './debian-binary.ts';
import { debianPackage } from './debian-package.ts';

const run = promisify(execFile);

const BOOTSTRAP_MS = 900_000;
const ARCHIVE = 'http://deb.debian.org/debian';
const NPM = 'npm@11.19.1';
const own: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Where programs of another architecture run. */
export interface Foreign {
  readonly architecture: Architecture;
  /** Runs a command to its end where they do. */
  run(words: readonly string[]): Promise<void>;
}

/**
 * A root file system with what `node:24-slim` has that a Dockerfile can rely on, as a tar archive: Debian 12 by
 * debootstrap, Node (the one that runs the tests) and npm below /usr/local, the user `node` with uid 1000. For machines
 * that cannot pull from Docker Hub. Made once, into the user's cache. Needs root that may mount, Debian's archive and npm's
 * registry; rejects with the last words of what failed. Of this machine's architecture when no other is given.
 */
export async function nodeRootFileSystem(foreign?: Foreign): Promise<string> {
  const architecture = foreign?.architecture ?? own;
  const archive = join(cacheFolder(), `node-slim-${process.version}-${architecture}.tar`);
  if (existsSync(archive)) return archive;
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    const root = join(folder, 'root');
    await bootstrap(root, foreign);
    await addNode(folder, root, foreign);
    // Devices and processes are the runtime's to mount.
    const without = ['./var/cache/apt/archives/*.deb', './dev/*', './proc/*'].map((path) => `--exclude=${path}`);
    await run('tar', ['-C', root, ...without, '-cf', join(folder, 'root.tar'), '.']);
    await rename(join(folder, 'root.tar'), archive);
    return archive;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a mount namespace of its own: what debootstrap mounts goes with it, however it ends. */
async function bootstrap(root: string, foreign: Foreign | undefined): Promise<void> {
  const unpacked = await debianPackage('debootstrap', 'bookworm', own);
  const env = { ...process.env, DEBOOTSTRAP_DIR: join(unpacked, 'usr/share/debootstrap') };
  const debootstrap = join(unpacked, 'usr/sbin/debootstrap');
  const isolated = ['--pdeathsig', 'KILL', 'unshare', '--mount', 'sh', debootstrap];
  const kind = ['--variant=minbase', ...(foreign ? ['--foreign', `--arch=${foreign.architecture}`] : [])];
  await run('setpriv', [...isolated, ...kind, 'bookworm', root, ARCHIVE], {
    env,
    timeout: BOOTSTRAP_MS,
    maxBuffer: 1 << 24,
  });
  // What the packages' own scripts do. In a container devices are taken from outside, as they cannot be made.
  await foreign?.run(['env', 'container=lxc', 'chroot', root, '/debootstrap/debootstrap', '--second-stage']);
}

async function addNode(folder: string, root: string, foreign: Foreign | undefined): Promise<void> {
  const bin = join(root, 'usr/local/bin');
  const modules = join(root, 'usr/local/lib/node_modules/npm');
  mkdirSync(modules, { recursive: true });
  if (foreign) await unpackNode(folder, foreign.architecture, bin);
  else copyFileSync(process.execPath, join(bin, 'node'));
  await unpackFromNpm(folder, NPM, modules);
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  appendFileSync(join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/bash\n');
  appendFileSync(join(root, 'etc/group'), 'node:x:1000:\n');
  mkdirSync(join(root, 'home/node'));
  await run('chown', ['1000:1000', join(root, 'home/node')]);
  writeFileSync(join(root, 'etc/resolv.conf'), '');
}

/** The same version for another architecture, out of the package that npm would install there. */
async function unpackNode(folder: string, architecture: Architecture, bin: string): Promise<void> {
  const into = join(folder, 'node');
  mkdirSync(into);
  const name = `node-linux-${architecture === 'amd64' ? 'x64' : architecture}`;
  await unpackFromNpm(folder, `${name}@${process.versions.node}`, into);
  copyFileSync(join(into, 'bin/node'), join(bin, 'node'));
}

async function unpackFromNpm(folder: string, name: string, into: string): Promise<void> {
  const place = join(folder, `pack-${basename(into)}`);
  mkdirSync(place);
  await run('npm', ['pack', name, '--pack-destination', place], { timeout: 120_000 });
  const [archive = ''] = readdirSync(place);
  await run('tar', ['-xzf', join(place, archive), '-C', into, '--strip-components=1', '--no-same-owner']);
}
