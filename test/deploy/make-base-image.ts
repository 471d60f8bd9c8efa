import { execFile } from 'node:child_process';
import { constants, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dockerBuild } from '../lab/docker-build.ts';
import type { LabEngine } from '../lab/engine.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';

const run = promisify(execFile);

/** The base that the Dockerfile names, which is not pulled here: what is built under its name takes its place. */
const BASE = 'node:24-slim';

/**
 * Makes it of an archive of a root file system, and on that what this machine's environment wants: its registry of npm, and
 * where TLS is intercepted the same authorities inside as outside. It is for the engine's own platform when none is given.
 */
export async function makeBaseImage(engine: LabEngine, archive: string, platform?: string): Promise<void> {
  const context = createScratchFolder('base');
  try {
    copyFileSync(archive, join(context, 'root.tar'), constants.COPYFILE_FICLONE);
    // Not `docker import`, which takes every archive for one of its own architecture (Docker 20.10).
    const lines = ['FROM scratch', 'ADD root.tar /', 'CMD ["node"]'];
    lines.push('ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
    const authorities = process.env.NODE_EXTRA_CA_CERTS;
    if (authorities) {
      copyFileSync(authorities, join(context, 'authorities.pem'));
      lines.push('COPY authorities.pem /etc/lab/', 'ENV NODE_EXTRA_CA_CERTS=/etc/lab/authorities.pem');
    }
    const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: context });
    lines.push(`ENV npm_config_registry=${registry.trim()}`);
    writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
    await dockerBuild({ engine, context, tag: BASE, ...(platform && { platform }) });
  } finally {
    removeLabFolder(context);
  }
}
