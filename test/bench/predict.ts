import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeElf } from '../kernel/make-elf.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
/** Cases that are counted after as many were answered to warm up, and cases in all for the memory. */
const COUNTED = 200_000;
const IN_ALL = Number(process.env.EXECFMT_BENCH_CASES ?? 1_000_000);

/** Small root file systems of every kind that incidents are made of. */
function rootFileSystems(folder: string): readonly string[] {
  const files: Record<string, Record<string, string | Uint8Array>> = {
    native: { '/app': makeElf() },
    foreign: { '/app': makeElf({ machine: 183 }) },
    crlf: { '/app': '#!/bin/sh\r\necho\r\n', '/bin/sh': makeElf() },
    script: { '/app': '#!/bin/sh\necho\n', '/bin/sh': makeElf() },
    loader: { '/app': makeElf({ interp: '/lib/ld.so' }), '/lib/ld.so': makeElf({ type: 3 }) },
    'no-loader': { '/app': makeElf({ interp: '/lib/ld.so' }) },
    text: { '/app': 'echo hello\n' },
    nested: { '/app': '#!/a\n', '/a': '#!/b\n', '/b': '#!/bin/sh\n', '/bin/sh': makeElf() },
  };
  return Object.entries(files).map(([name, tree]) => {
    for (const [path, content] of Object.entries(tree)) {
      const at = join(folder, name, path);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, content, { mode: 0o755 });
    }
    return join(folder, name);
  });
}

const residentMiB = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Feeds cases to one `execfmt predict --batch`; gives cases a second once warm, and the memory after each tenth. */
export async function measurePredict(): Promise<{ perSecond: number; memoryMiB: number[]; cases: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-bench-'));
  const child = spawn(process.execPath, [MAIN, 'predict', '--batch'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const roots = rootFileSystems(folder);
    let answered = 0;
    let waiting: { readonly until: number; readonly done: () => void } | null = null;
    child.stdout.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) answered += 1;
      if (waiting && answered >= waiting.until) waiting.done();
    });
    let asked = 0;
    const ask = async (count: number) => {
      const answeredAll = new Promise<void>((done) => {
        waiting = { until: asked + count, done };
      });
      for (const end = asked + count; asked < end; ) {
        const lines: string[] = [];
        for (let i = 0; i < 1000; i += 1, asked += 1) {
          const rootfs = roots[asked % roots.length];
          lines.push(JSON.stringify({ id: `c${asked}`, rootfs, argv: ['/app'], host: 'linux/amd64' }));
        }
        if (!child.stdin.write(`${lines.join('\n')}\n`)) await once(child.stdin, 'drain');
      }
      await answeredAll;
    };
    await ask(COUNTED);
    const began = performance.now();
    await ask(COUNTED);
    const perSecond = (COUNTED / (performance.now() - began)) * 1000;
    const memoryMiB: number[] = [];
    while (asked < IN_ALL) {
      await ask(IN_ALL / 10);
      memoryMiB.push(Math.round(residentMiB(child.pid ?? 0)));
    }
    return { perSecond: Math.round(perSecond), memoryMiB, cases: asked };
  } finally {
    child.stdin.end();
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
