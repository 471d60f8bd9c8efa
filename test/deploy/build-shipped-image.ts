import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { dockerBuild } from '../lab/docker-build.ts';
import { type LabEngine, startEngine } from '../lab/engine.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { nodeRootFileSystem } from '../lab/node-base-image.ts';

const run = promisify(execFile);

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** The base that the Dockerfile names, which is not pulled here: what is imported under its name takes its place. */
const BASE = 'node:24-slim';
const ROOT = 'execfmt-lab/node-root:latest';

/** The image that the repository's Dockerfile makes, on the lab's engine. */
export interface ShippedImage {
  readonly engine: LabEngine;
  readonly docker: Docker;
  readonly tag: string;
  /** What `--target sbom --output` writes. */
  readonly sbom: string;
  remove(): Promise<void>;
}

/** Builds it as it stands, with real packages of Debian and npm. Takes minutes; needs both archives. */
export async function buildShippedImage(): Promise<ShippedImage> {
  const engine = await startEngine();
  const docker = new Docker({ socketPath: engine.socket });
  const tag = `execfmt:lab-${randomBytes(4).toString('hex')}`;
  const output = createScratchFolder('sbom');
  const remove = async () => {
    removeLabFolder(output);
    for (const name of [tag, BASE, ROOT]) await removeImage(docker, name);
  };
  try {
    await makeBase(engine, docker);
    const args = { VERSION: '9.9.9-lab', REVISION: 'abc123' };
    await dockerBuild({ engine, context: REPOSITORY, tag, args });
    await dockerBuild({ engine, context: REPOSITORY, target: 'sbom', output, args });
    return { engine, docker, tag, sbom: readFileSync(join(output, 'sbom.cdx.json'), 'utf8'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * The imported root file system, and on it what this machine's environment wants: its registry of npm, and where TLS is
 * intercepted the same authorities inside as outside.
 */
async function makeBase(engine: LabEngine, docker: Docker): Promise<void> {
  const [repo, tag] = ROOT.split(':');
  const progress = await docker.importImage(await nodeRootFileSystem(), { repo, tag, changes: 'CMD ["node"]' });
  await new Promise<void>((done, fail) => {
    docker.modem.followProgress(progress, (error) => (error ? fail(error) : done()));
  });
  const context = createScratchFolder('base');
  try {
    const authorities = process.env.NODE_EXTRA_CA_CERTS;
    const lines = [`FROM ${ROOT}`, 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
    if (authorities) {
      copyFileSync(authorities, join(context, 'authorities.pem'));
      lines.push('COPY authorities.pem /etc/lab/', 'ENV NODE_EXTRA_CA_CERTS=/etc/lab/authorities.pem');
    }
    const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: context });
    lines.push(`ENV npm_config_registry=${registry.trim()}`);
    writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
    await dockerBuild({ engine, context, tag: BASE });
  } finally {
    removeLabFolder(context);
  }
}

async function removeImage(docker: Docker, name: string): Promise<void> {
  await docker
    .getImage(name)
    .remove({ force: true })
    .catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404) throw error;
    });
}
