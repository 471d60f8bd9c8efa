import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianPackage } from './debian-package.ts';
import type { LabEngine } from './engine.ts';
import { createScratchFolder, removeLabFolder } from './lab-folder.ts';

const run = promisify(execFile);

const BUILD_MS = 1_500_000;

/** The variables that every builder knows without being told (Dockerfile reference, predefined ARGs). */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

export interface DockerBuild {
  readonly engine: LabEngine;
  /** Folder with a Dockerfile. */
  readonly context: string;
  readonly tag?: string;
  readonly target?: string;
  /** `linux/arm64`; the engine's own when absent. */
  readonly platform?: string;
  /** Folder for the files of the result, in place of an image. */
  readonly output?: string;
  readonly args?: Readonly<Record<string, string>>;
}

/**
 * `docker build` with BuildKit, as Debian's own client does it, on the machine's network: the lab's bridge has no way
 * out. Rejects with everything the builder said.
 */
export async function dockerBuild(build: DockerBuild): Promise<void> {
  const { engine, context, tag, target, platform, output, args = {} } = build;
  const client = await debianPackage('docker.io', 'bookworm', process.arch === 'arm64' ? 'arm64' : 'amd64');
  const folder = createScratchFolder('build');
  mkdirSync(join(folder, 'config'));
  const proxies = PROXIES.filter((name) => process.env[name] !== undefined).flatMap((name) => ['--build-arg', name]);
  const words = ['build', '--network', 'host', '--progress', 'plain', ...proxies];
  for (const [name, value] of Object.entries(args)) words.push('--build-arg', `${name}=${value}`);
  if (tag !== undefined) words.push('--tag', tag);
  if (target !== undefined) words.push('--target', target);
  if (platform !== undefined) words.push('--platform', platform);
  if (output !== undefined) words.push('--output', output);
  // No configuration of the user's: no logins, no plugins, no other engine.
  const env = { ...process.env, DOCKER_BUILDKIT: '1', DOCKER_HOST: engine.host, DOCKER_CONFIG: join(folder, 'config') };
  try {
    const options = { env, timeout: BUILD_MS, maxBuffer: 1 << 26 };
    await run(join(client, 'usr/bin/docker'), [...words, context], options);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`The image was not built:\n${stderr.slice(-8_000)}`, { cause: error });
  } finally {
    removeLabFolder(folder);
  }
}
