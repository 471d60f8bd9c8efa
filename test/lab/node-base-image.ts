import { execFile } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './debian-binary.ts';
import { debianPackage } from './debian-package.ts';

const run = promisify(execFile);

const BOOTSTRAP_MS = 900_000;
const ARCHIVE = 'http://deb.debian.org/debian';
const NPM = 'npm@11.19.1';
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/**
 * A root file system with what `node:24-slim` has that a Dockerfile can rely on, as a tar archive: Debian 12 by
 * debootstrap, Node (the one that runs the tests) and npm below /usr/local, the user `node` with uid 1000. For machines
 * that cannot pull from Docker Hub. Made once, into the user's cache. Needs root that may mount, Debian's archive and npm's
 * registry; rejects with the last words of what failed.
 */
export async function nodeRootFileSystem(): Promise<string> {
  const archive = join(cacheFolder(), `node-slim-${process.version}-${architecture}.tar`);
  if (existsSync(archive)) return archive;
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    const root = join(folder, 'root');
    await bootstrap(root);
    await addNode(folder, root);
    await run('tar', ['-C', root, '--exclude=./var/cache/apt/archives/*.deb', '-cf', join(folder, 'root.tar'), '.']);
    await rename(join(folder, 'root.tar'), archive);
    return archive;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a mount namespace of its own: what debootstrap mounts goes with it, however it ends. */
async function bootstrap(root: string): Promise<void> {
  const unpacked = await debianPackage('debootstrap', 'bookworm', architecture);
  const env = { ...process.env, DEBOOTSTRAP_DIR: join(unpacked, 'usr/share/debootstrap') };
  const debootstrap = join(unpacked, 'usr/sbin/debootstrap');
  const isolated = ['--pdeathsig', 'KILL', 'unshare', '--mount', 'sh', debootstrap];
  await run('setpriv', [...isolated, '--variant=minbase', 'bookworm', root, ARCHIVE], {
    env,
    timeout: BOOTSTRAP_MS,
    maxBuffer: 1 << 24,
  });
}

async function addNode(folder: string, root: string): Promise<void> {
  const bin = join(root, 'usr/local/bin');
  const modules = join(root, 'usr/local/lib/node_modules/npm');
  mkdirSync(modules, { recursive: true });
  copyFileSync(process.execPath, join(bin, 'node'));
  await run('npm', ['pack', NPM, '--pack-destination', folder], { timeout: 120_000 });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  await run('tar', ['-xzf', join(folder, archive), '-C', modules, '--strip-components=1', '--no-same-owner']);
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  appendFileSync(join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/bash\n');
  appendFileSync(join(root, 'etc/group'), 'node:x:1000:\n');
  mkdirSync(join(root, 'home/node'));
  await run('chown', ['1000:1000', join(root, 'home/node')]);
  writeFileSync(join(root, 'etc/resolv.conf'), '');
}
