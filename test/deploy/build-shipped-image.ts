import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Docker from 'dockerode';
import { dockerBuild } from '../lab/docker-build.ts';
import { type LabEngine, startEngine } from '../lab/engine.ts';
import { RUN_FOLDER } from '../lab/lab-folder.ts';
import { nodeRootFileSystem } from '../lab/node-base-image.ts';
import { waitFor } from '../lab/waiting.ts';
import { makeBaseImage } from './make-base-image.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Debian is bootstrapped and npm's packages are fetched where nobody has done so yet. */
export const BUILD_MS = 2_400_000;

/** The image that the repository's Dockerfile makes, on the lab's engine. It goes with that engine. */
export interface ShippedImage {
  readonly engine: LabEngine;
  readonly docker: Docker;
  readonly tag: string;
  /** What `--target sbom --output` writes. */
  readonly sbom: string;
}

/** What the test file that built the image tells the others of the run: one of both. */
interface Told {
  readonly built?: Pick<ShippedImage, 'tag' | 'sbom'>;
  readonly problem?: string;
}

/**
 * The image of this run, built from the Dockerfile as it stands, with real packages of Debian and npm: the first test file
 * that asks builds it, which takes minutes and needs both archives; the others wait for it.
 */
export async function shippedImage(): Promise<ShippedImage> {
  const engine = await startEngine();
  const docker = new Docker({ socketPath: engine.socket });
  const folder = join(process.env[RUN_FOLDER] ?? '', 'shipped-image');
  if (mayBuild(folder)) await buildAndTell(engine, folder);
  const { built, problem } = await waitFor('the image to be built', BUILD_MS, async () => told(folder));
  if (built === undefined) throw new Error(problem);
  return { engine, docker, ...built };
}

/** Making a folder is the lock: only one is the first. */
function mayBuild(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function buildAndTell(engine: LabEngine, folder: string): Promise<void> {
  const tell = (words: Told) => {
    writeFileSync(join(folder, 'part'), JSON.stringify(words));
    renameSync(join(folder, 'part'), join(folder, 'told.json'));
  };
  const tag = `execfmt:lab-${randomBytes(4).toString('hex')}`;
  const output = join(folder, 'sbom');
  const args = { VERSION: '9.9.9-lab', REVISION: 'abc123' };
  try {
    await makeBaseImage(engine, await nodeRootFileSystem());
    await dockerBuild({ engine, context: REPOSITORY, tag, args });
    await dockerBuild({ engine, context: REPOSITORY, target: 'sbom', output, args });
    tell({ built: { tag, sbom: readFileSync(join(output, 'sbom.cdx.json'), 'utf8') } });
  } catch (error) {
    tell({ problem: error instanceof Error ? error.message : String(error) });
  }
}

function told(folder: string): Told | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'told.json'), 'utf8')) as Told;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
