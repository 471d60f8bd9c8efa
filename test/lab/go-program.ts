import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  /** Its module, where that says of its requirements what `go install` takes of a main module only (exclude, replace). */
  readonly module?: string;
}

/**
 * The path of a program that Go builds from the module proxy, once, into the user's cache; null when there is no Go to
 * build it with. `go` is the machine's own when it is not given. Rejects when it cannot be built.
 */
export async function goProgram(program: GoProgram, go = findGo()): Promise<string | null> {
  const { path, version, cachedAs, module } = program;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'execfmt-lab');
  const name = basename(path);
  const built = join(cache, `${cachedAs ?? name}-${version}`);
  if (existsSync(built)) return built;
  if (go === null) return null;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'build-'));
  try {
    const env = { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' };
    const call = (...words: string[]) => run(go, words, { cwd: folder, env, timeout: BUILD_MS, maxBuffer: 1 << 26 });
    if (module === undefined) await call('install', `${path}@${version}`);
    else await buildInScratchModule(call, folder, { ...program, module }, join(folder, name));
    await rename(join(folder, name), built);
    return built;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a module of its own that says the same of the requirements. */
async function buildInScratchModule(
  call: (...words: string[]) => Promise<{ readonly stdout: string }>,
  folder: string,
  { path, version, module }: GoProgram & { readonly module: string },
  into: string,
): Promise<void> {
  const { stdout } = await call('mod', 'download', '-json', `${module}@${version}`);
  const { GoMod } = JSON.parse(stdout) as { GoMod: string };
  const original = await readFile(GoMod, 'utf8');
  const scratch = original.replace(/^module .*$/m, 'module execfmt.test/scratch');
  await writeFile(join(folder, 'go.mod'), `${scratch}\nrequire ${module} ${version}\n`);
  await call('build', '-mod=mod', '-trimpath', '-ldflags', '-s -w', '-o', into, path);
}
