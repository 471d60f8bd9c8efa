import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { littleElf } from '../../adapters/practice/little-elf.ts';
import { debianBinary } from '../lab/debian-binary.ts';
import { suite } from '../lab/requirements.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'little-elf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it until it has printed its line, asks whether it still lives, and ends it with SIGTERM. */
async function lifeOf(architecture: 'amd64' | 'arm64', runner: readonly string[]) {
  const file = join(folder, architecture);
  writeFileSync(file, littleElf({ architecture, message: `hello from ${architecture}` }), { mode: 0o755 });
  const [command = file, ...args] = [...runner, file];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [printed] = await once(child.stdout, 'data');
  const alive = child.exitCode === null && child.signalCode === null;
  child.kill('SIGTERM');
  const [code, signal] = await exited;
  return { printed: String(printed), alive, code, signal };
}

describe('littleElf', () => {
  it.each([
    ['amd64', 62],
    ['arm64', 183],
  ] as const)('is a static ELF64 executable for %s', (architecture, machine) => {
    const file = littleElf({ architecture, message: 'x' });
    expect(file.subarray(0, 7).toString('hex')).toBe('7f454c46020101');
    expect(file.readUInt16LE(16), 'ET_EXEC').toBe(2);
    expect(file.readUInt16LE(18), 'e_machine').toBe(machine);
    expect(file.readUInt16LE(54), 'e_phentsize').toBe(56);
    expect(file.readUInt16LE(56), 'e_phnum').toBe(1);
    expect(file.readUInt32LE(64), 'PT_LOAD').toBe(1);
    expect(file.readBigUInt64LE(96), 'p_filesz').toBe(BigInt(file.length));
    const entry = Number(file.readBigUInt64LE(24) - file.readBigUInt64LE(80));
    expect(entry).toBeGreaterThan(120);
    expect(entry).toBeLessThan(file.length);
  });

  it('has the arm64 instructions that ran under qemu-aarch64', () => {
    const file = littleElf({ architecture: 'arm64', message: 'hello arm64' });
    const words = [];
    for (let at = 184; at < file.length; at += 4) words.push(file.readUInt32LE(at).toString(16));
    expect(words.join(' ')).toBe(
      [
        'd28001e0 10fffe61 d2800002 d2800103 d28010c8 d4000001', // rt_sigaction(SIGTERM, action, 0, 8)
        'd2800020 10fffea1 d2800182 d2800808 d4000001', // write(1, message, 12)
        '10fffca0 d2800001 d2800ca8 d4000001 17fffffc', // nanosleep(timespec, 0), again and again
        'd2800000 d2800bc8 d4000001', // the handler: exit_group(0)
      ].join(' '),
    );
  });
});

suite('littleElf, executed', ['debian-binaries'], () => {
  it.each(['amd64', 'arm64'] as const)(
    'runs on %s: by this kernel, or by Debian’s emulator',
    { timeout: 180_000 },
    async (architecture) => {
      const own = process.arch === 'arm64' ? 'arm64' : 'amd64';
      const emulator = `/usr/bin/qemu-${architecture === 'arm64' ? 'aarch64' : 'x86_64'}-static`;
      const runner = architecture === own ? [] : [await debianBinary('qemu-user-static', emulator, own)];
      const life = await lifeOf(architecture, runner);
      expect(life).toEqual({ printed: `hello from ${architecture}\n`, alive: true, code: 0, signal: null });
    },
  );
});
