import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../debian-binary.ts';
import { findGo } from '../find-go.ts';

const run = promisify(execFile);

/** Go's own toolchain, as the go command fetches it, for machines without one that is new enough. */
const MODULE = 'v0.0.1-go1.24.11.linux-amd64';
const SHA256 = '8a9685c09d449928863152512648530dafde05e7d41fcbb21baba3a852e84ef4';
const PROXY = 'https://proxy.golang.org/golang.org/toolchain/@v';
const FETCH_MS = 300_000;

/** Whether Go is there or could be fetched. */
export function mayHaveGo(canUnzip: boolean): boolean {
  return findGo() !== null || (canUnzip && process.platform === 'linux' && process.arch === 'x64');
}

/** The path of a Go that can build Kubernetes: the machine's own, else one in the cache, fetched once. Rejects when there is no way. */
export async function goPath(): Promise<string> {
  const own = findGo();
  if (own !== null) return own;
  const folder = join(cacheFolder(), `go-${MODULE}`);
  const go = join(folder, 'bin/go');
  if (await isThere(go)) return go;
  await mkdir(cacheFolder(), { recursive: true });
  const scratch = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    await writeFile(join(scratch, 'go.zip'), await fetchToolchain());
    await run('unzip', ['-q', 'go.zip'], { cwd: scratch, timeout: FETCH_MS });
    const root = join(scratch, 'golang.org', `toolchain@${MODULE}`);
    for (const below of ['bin', 'pkg/tool/linux_amd64']) await makeExecutable(join(root, below));
    await rename(root, folder);
    return go;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fetchToolchain(): Promise<Buffer> {
  const answer = await fetch(`${PROXY}/${MODULE}.zip`, { signal: AbortSignal.timeout(FETCH_MS) });
  if (!answer.ok) throw new Error(`The Go module proxy answered ${answer.status} for ${MODULE}.`);
  const archive = Buffer.from(await answer.arrayBuffer());
  const digest = createHash('sha256').update(archive).digest('hex');
  if (digest !== SHA256)
    throw new Error(`The toolchain ${MODULE} has the digest ${digest}, not the one that is known.`);
  return archive;
}

/** Module archives carry no permissions; the go command restores these in the same way (cmd/go/internal/toolchain). */
async function makeExecutable(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
}

const isThere = async (path: string) => (await run(path, ['version']).catch(() => null)) !== null;
