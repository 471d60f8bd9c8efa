import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Architecture } from './debian-binary.ts';

const run = promisify(execFile);

export type Release = 'bookworm' | 'trixie';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ARCHIVE = 'http://deb.debian.org/debian';

/** Outside the repository, so that a fresh clone does not download again. */
const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt-lab');

/** apt with all its state and its one source below `folder`: it changes nothing of the system. */
const aptOptions = (folder: string, architecture: Architecture) =>
  [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State=${folder}/state`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    `Dir::Etc::sourcelist=${folder}/sources.list`,
    'Dir::Etc::sourceparts=-',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);

async function download(
  folder: string,
  names: readonly string[],
  release: Release,
  architecture: Architecture,
): Promise<void> {
  for (const below of ['state/lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    await mkdir(join(folder, below), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${KEYRING}] ${ARCHIVE} ${release} main\n`);
  const apt = (...args: string[]) =>
    run('apt-get', [...aptOptions(folder, architecture), '--quiet', ...args], {
      cwd: join(folder, 'debs'),
      timeout: 100_000,
      maxBuffer: 1 << 24,
    });
  await apt('update');
  await apt('download', ...names);
  const archives = (await readdir(join(folder, 'debs'))).filter((each) => each.endsWith('.deb'));
  if (archives.length !== names.length)
    throw new Error(`apt did not download ${names.join(', ')} of ${release} for ${architecture}.`);
  for (const archive of archives)
    await run('dpkg-deb', ['-x', join(folder, 'debs', archive), join(folder, 'root')], { timeout: 60_000 });
}

/**
 * The folder of an unpacked package of a Debian release, not installed; downloaded once into the user's cache. `libraries`
 * are packages that are unpacked into the same folder. Rejects when apt cannot get them.
 */
export async function debianPackage(
  name: string,
  release: Release,
  architecture: Architecture,
  libraries: readonly string[] = [],
): Promise<string> {
  const cached = join(cacheFolder(), `${release}-${name}-${architecture}`);
  if (await stat(cached).catch(() => null)) return cached;
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    await download(folder, [name, ...libraries], release, architecture);
    // Another test may have been faster; what it made is as good.
    await rename(join(folder, 'root'), cached).catch(async (error: unknown) => {
      if (!(await stat(cached).catch(() => null))) throw error;
    });
    return cached;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
