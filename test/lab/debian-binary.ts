import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Architecture = 'amd64' | 'arm64';

/** `e_machine` of the ELF header (System V ABI, elf.h). */
const MACHINE: Record<Architecture, number> = { amd64: 62, arm64: 183 };

/** Outside the repository, so that a fresh clone does not download again. */
export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt-lab');

/** apt with all its state below `folder`: it knows one architecture and changes nothing of the system. */
const aptOptions = (folder: string, architecture: Architecture) =>
  [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State=${folder}/state`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);

async function isElfFor(path: string, architecture: Architecture): Promise<boolean> {
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
    const elf = bytesRead === 20 && buffer.readUInt32BE(0) === 0x7f454c46;
    return elf && buffer.readUInt16LE(18) === MACHINE[architecture];
  } finally {
    await file.close();
  }
}

async function unpack(folder: string, packageName: string, architecture: Architecture): Promise<string> {
  for (const below of ['state/lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    await mkdir(join(folder, below), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  const apt = (...args: string[]) =>
    run('apt-get', [...aptOptions(folder, architecture), '--quiet', ...args], {
      cwd: join(folder, 'debs'),
      timeout: 100_000,
      maxBuffer: 1 << 24,
    });
  await apt('update');
  await apt('download', packageName);
  const archive = (await readdir(join(folder, 'debs'))).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt downloaded no ${packageName} for ${architecture}.`);
  await run('dpkg-deb', ['-x', join(folder, 'debs', archive), join(folder, 'root')], { timeout: 30_000 });
  return join(folder, 'root');
}

/**
 * The path of a binary out of a package of Debian, for this or another architecture, without installing it; downloaded
 * once into the user's cache. Rejects when apt cannot get it or when the file is not for that architecture.
 */
export async function debianBinary(packageName: string, path: string, architecture: Architecture): Promise<string> {
  const cached = join(cacheFolder(), `${packageName}-${architecture}`);
  if (await isElfFor(cached, architecture)) return cached;
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    const root = await unpack(folder, packageName, architecture);
    const binary = join(folder, 'binary');
    await copyFile(join(root, path), binary);
    if (!(await isElfFor(binary, architecture)))
      throw new Error(`${path} of ${packageName} is not for ${architecture}.`);
    await rename(binary, cached);
    return cached;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
