import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Target } from './targets.ts';

const run = promisify(execFile);

/** What of a kernel package a guest needs. */
export interface Kernel {
  /** The package's name and version. */
  readonly version: string;
  /** The path of the kernel's image. */
  readonly image: string;
  /** binfmt_misc, uncompressed; null when the kernel has it built in. */
  readonly binfmtModule: Buffer | null;
}

/** Outside the repository, so that a second recording does not download again. */
const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt-kernels');

/** apt with all its state below `folder` and one suite as its only source: it changes nothing of the system. */
async function privateApt(folder: string, { suite, debian }: Target): Promise<string[]> {
  for (const below of ['state/lists/partial', 'cache/archives/partial', 'etc/parts', 'debs']) {
    await mkdir(join(folder, below), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(join(folder, 'etc/list'), `deb [signed-by=${key}] http://deb.debian.org/debian ${suite} main\n`);
  return [
    `APT::Architecture=${debian}`,
    `APT::Architectures=${debian}`,
    `Dir::State=${folder}/state`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    `Dir::Etc::sourcelist=${folder}/etc/list`,
    `Dir::Etc::sourceparts=${folder}/etc/parts`,
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);
}

/** The newest kernel that the metapackage depends on. */
async function kernelPackage(options: readonly string[], { metapackage }: Target): Promise<string> {
  const { stdout } = await run('apt-cache', [...options, 'depends', metapackage], { timeout: 60_000 });
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error(`${metapackage} names no kernel that it depends on.`);
  return name;
}

async function downloadInto(folder: string, target: Target): Promise<void> {
  const options = await privateApt(folder, target);
  const debs = join(folder, 'debs');
  await run('apt-get', [...options, '--quiet', 'update'], { timeout: 300_000 });
  await run('apt-get', [...options, '--quiet', 'download', await kernelPackage(options, target)], {
    cwd: debs,
    timeout: 600_000,
  });
  const [archive] = await readdir(debs);
  if (archive === undefined) throw new Error(`apt downloaded no kernel of ${target.metapackage}.`);
  await run('dpkg-deb', ['-x', join(debs, archive), join(folder, 'root')], { timeout: 300_000 });
  const { stdout } = await run('dpkg-deb', ['-f', join(debs, archive), 'Package', 'Version']);
  const [name, version] = stdout.split('\n').map((line) => line.replace(/^\w+: /, ''));
  await writeFile(join(folder, 'version'), `${name} ${version}`);
  for (const done of ['debs', 'cache', 'state']) await rm(join(folder, done), { recursive: true });
}

/** Finds one file below a folder by the end of its path. */
async function find(folder: string, ending: RegExp): Promise<string | null> {
  const all = await readdir(folder, { recursive: true });
  const found = all.find((path) => ending.test(path));
  return found === undefined ? null : join(folder, found);
}

async function readModule(path: string): Promise<Buffer> {
  if (!path.endsWith('.xz')) return await readFile(path);
  const { stdout } = await run('xz', ['-dc', path], { encoding: 'buffer', maxBuffer: 1 << 24 });
  return stdout;
}

/** Debian's kernel of this target, downloaded once into the user's cache. Rejects when apt cannot get it. */
export async function kernelOf(target: Target): Promise<Kernel> {
  const folder = join(cacheFolder(), `${target.suite}-${target.debian}-${target.metapackage}`);
  const known = await readFile(join(folder, 'version'), 'utf8').catch(() => null);
  if (known === null) {
    await mkdir(cacheFolder(), { recursive: true });
    const fresh = await mkdtemp(join(cacheFolder(), 'fetch-'));
    try {
      await downloadInto(fresh, target);
      await rename(fresh, folder);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }
  const image = await find(join(folder, 'root/boot'), /^vmlinu[xz]-/);
  if (image === null) throw new Error(`${target.metapackage} has no image in /boot.`);
  const module = await find(join(folder, 'root'), /binfmt_misc\.ko(\.xz)?$/);
  const version = await readFile(join(folder, 'version'), 'utf8');
  return { version, image, binfmtModule: module === null ? null : await readModule(module) };
}
