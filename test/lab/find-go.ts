import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** From this version on Go fetches by itself the toolchain that a module asks for. */
const OLDEST_MINOR = 21;

/** Go as it is installed by hand or by golang.org's archive; null when there is none that is new enough. */
export function findGo(): string | null {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/go/bin', '/usr/lib/go/bin'];
  for (const folder of folders) {
    const go = join(folder, 'go');
    if (folder !== '' && existsSync(go) && isNewEnough(go)) return go;
  }
  return null;
}

function isNewEnough(go: string): boolean {
  const { stdout } = spawnSync(go, ['version'], { encoding: 'utf8', timeout: 20_000 });
  const minor = /go1\.(\d+)/.exec(stdout ?? '')?.[1];
  return minor !== undefined && Number(minor) >= OLDEST_MINOR;
}
