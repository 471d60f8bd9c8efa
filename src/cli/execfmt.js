#!/usr/bin/env node
// Plain JavaScript on purpose: it runs on the Node that npm found. When that is new enough the program runs right here,
// which saves a process; else it is started on the Node that it needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import v8 from 'node:v8';

const NEEDED = 24;
/** Commands that read layers and end: what they make in passing is a stream, for which V8 would let its young generation grow by 50 MiB. */
const FRUGAL = ['check', 'diagnose'];
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '..', 'main.ts');
const built = join(here, '..', '..', 'dist', 'src', 'main.js');
const program = existsSync(source) ? source : built;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) await runHere();
else runThere();

/** Compiled code is kept in the user's own cache folder, which halves the time to start; without such a folder it is not. */
async function runHere() {
  if (FRUGAL.includes(process.argv[2])) v8.setFlagsFromString('--semi-space-growth-factor=1');
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  module.enableCompileCache(join(cache, 'execfmt', 'compiled'));
  await import(pathToFileURL(program).href);
}

/** The Node that came as an optional dependency for this platform; null when none did. */
function findNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

function runThere() {
  const node = findNode();
  if (node === null) {
    process.stderr.write(
      `execfmt needs Node ${NEEDED}; this is ${process.version}, and no Node ${NEEDED} came with the package for ${process.platform} ${process.arch}.\n` +
        `Install Node ${NEEDED}, or run npm ci without --omit=optional.\n`,
    );
    process.exit(2);
  }
  // This file again, so that the compiled code is kept there too.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}
