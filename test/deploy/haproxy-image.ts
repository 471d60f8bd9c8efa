import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dockerBuild } from '../lab/docker-build.ts';
import type { LabEngine } from '../lab/engine.ts';
import { haproxyRoot } from '../lab/haproxy.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';

const run = promisify(execFile);

/**
 * An image with what Docker's own `haproxy` image has that a Compose file can rely on, from Debian's HAProxy 3.0: its user
 * (99), its file, the master as PID 1 and the signal that ends it. For machines that cannot pull from Docker Hub.
 */
export async function buildHaproxyImage(engine: LabEngine, tag: string): Promise<void> {
  const context = createScratchFolder('haproxy');
  try {
    for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, join(context, name));
    await run('tar', [
      '-cf',
      join(context, 'root.tar'),
      '-C',
      await haproxyRoot('trixie'),
      'usr',
      '-C',
      context,
      'lib',
      'lib64',
    ]);
    const lines = [
      'FROM scratch',
      'ADD root.tar /',
      'ENV PATH=/usr/sbin',
      'USER 99:99',
      'STOPSIGNAL SIGUSR1',
      'ENTRYPOINT ["haproxy", "-W", "-db"]',
      'CMD ["-f", "/usr/local/etc/haproxy/haproxy.cfg"]',
    ];
    writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
    await dockerBuild({ engine, context, tag });
  } finally {
    removeLabFolder(context);
  }
}
