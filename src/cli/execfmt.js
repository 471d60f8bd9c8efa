#!/usr/bin/env node
// Plain JavaScript on purpose: it runs on the Node that npm found, and starts the program on the Node that it needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '..', 'main.ts');
const built = join(here, '..', '..', 'dist', 'src', 'main.js');

/** The running Node when it is new enough, else the one that came as an optional dependency for this platform. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

const node = findNode();
if (node === null) {
  process.stderr.write(
    `execfmt needs Node ${NEEDED}; this is ${process.version}, and no Node ${NEEDED} came with the package for ${process.platform} ${process.arch}.\n` +
      `Install Node ${NEEDED}, or run npm ci without --omit=optional.\n`,
  );
  process.exit(2);
}
const child = spawn(node, [existsSync(source) ? source : built, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else process.exit(code ?? 1);
});
