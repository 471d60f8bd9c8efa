import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { findGo } from './find-go.ts';

const run = promisify(execFile);

const BUILD_MS = 1_200_000;

/** A program of a Go module, at exactly this version. */
export interface GoProgram {
  /** `github.com/google/go-containerregistry/cmd/crane` */
  readonly path: string;
  /** `v0.20.6` */
  readonly version: string;
  /** Its name in the cache, where the last part of the path says too little. */
  readonly cachedAs?: string;
}

/**
 * The path of a program that Go builds from the module proxy, once, into the user's cache; null when there is no Go to
 * build it with. `go` is the machine's own when it is not given. Rejects when it cannot be built.
 */
export async function goProgram({ path, version, cachedAs }: GoProgram, go = findGo()): Promise<string | null> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt-lab');
  const name = basename(path);
  const built = join(cache, `${cachedAs ?? name}-${version}`);
  if (existsSync(built)) return built;
  if (go === null) return null;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'build-'));
  try {
    const env = { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' };
    await run(go, ['install', `${path}@${version}`], { env, timeout: BUILD_MS, maxBuffer: 1 << 26 });
    await rename(join(folder, name), built);
    return built;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
