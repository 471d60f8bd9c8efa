import { describe, expect, it } from 'vitest';
import { readProgramWords } from '../../../src/playbook/judge/program-words.ts';

const read = (...lines: string[]) => readProgramWords({ lines, truncated: false });

describe('what loaders, emulators and runtimes say of themselves', () => {
  it.each([
    ['Fatal glibc error: CPU does not support x86-64-v2', 'cpu-level', null],
    ['/app: CPU ISA level is lower than required', 'cpu-level', null],
    ['This program can only be run on AMD64 processors with v3 microarchitecture support.', 'cpu-level', null],
    ['<jemalloc>: Unsupported system page size', 'page-size', null],
    [
      '/app: error while loading shared libraries: libx.so.1: cannot open shared object file: No such file',
      'library-missing',
      'libx.so.1',
    ],
    [
      'Error loading shared library libx.so.1: No such file or directory (needed by /app)',
      'library-missing',
      'libx.so.1',
    ],
    ["/app: /lib/libc.so.6: version `GLIBC_2.34' not found (required by /app)", 'symbol-version-missing', 'GLIBC_2.34'],
    ['Error relocating /app: pthread_setname_np: symbol not found', 'symbol-version-missing', '/app'],
    ['runtime: this CPU has no VFPv3 floating point hardware, so it cannot run', 'cpu-level', null],
    ['runtime: this CPU has no floating point hardware, so it cannot run', 'cpu-level', null],
    [
      '/app: error while loading shared libraries: libx.so.1: ELF load command alignment not page-aligned',
      'page-size',
      null,
    ],
    ['/app: libx.so.1: ELF load command address/offset not properly aligned', 'page-size', null],
    ["env: 'sh\\r': No such file or directory", 'script-crlf', 'sh\\r'],
    ['env: ‘bash\\r’: No such file or directory', 'script-crlf', 'bash\\r'],
    ['/usr/bin/env: ‘node\\r’: No such file or directory', 'script-crlf', 'node\\r'],
    ["env: can't execute 'sh\r': No such file or directory", 'script-crlf', 'sh\r'],
    ['env: sh\r: No such file or directory', 'script-crlf', 'sh\r'],
    [
      "qemu-aarch64-static: Could not open '/lib/ld-linux-aarch64.so.1': No such file",
      'emulation-broken',
      '/lib/ld-linux-aarch64.so.1',
    ],
    [
      'rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2',
      'emulation-broken',
      '/lib64/ld-linux-x86-64.so.2',
    ],
  ])('%s', (line, fault, culprit) => {
    expect(read('starting', line)).toMatchObject({ fault, culprit, quote: line });
  });

  it.each([
    ['an application that quotes one', 'ERROR worker said: Fatal glibc error: CPU does not support x86-64-v2'],
    ['an ordinary line', 'listening on :8080'],
    ['a sentence about the processor', 'CPU ISA level is lower than required by the plugin; it is off'],
    [
      'an application that quotes Go',
      'worker said: This program can only be run on AMD64 processors with v3 microarchitecture support.',
    ],
    ['an application that quotes Go on Arm', 'worker said: runtime: this CPU has no VFPv3'],
    ['an application that quotes jemalloc', 'worker said: <jemalloc>: Unsupported system page size'],
    ['a sentence about pages', 'ELF load command alignment not page-aligned, using the slow path'],
    ['an application that quotes musl', 'worker said: Error loading shared library libx.so.1: No such file'],
    ['an application that quotes musl’s relocations', 'worker said: Error relocating /app: f: symbol not found'],
    ['a symbol that is looked for elsewhere', 'Error relocating /app: f: symbol not found, trying the next library'],
    ['an application that quotes qemu', "worker said: qemu-arm: Could not open '/lib/ld.so': No such file"],
    ['an application that quotes Rosetta', 'worker said: rosetta error: failed to open elf at /lib/ld.so'],
    ['an application that quotes env', "worker said: env: 'sh\\r': No such file or directory"],
    ['an env that goes on', "env: 'sh\\r': No such file or directory, using sh"],
    ['an env that finds no interpreter at all', 'env: ‘bash’: No such file or directory'],
  ])('nothing in %s', (_what, line) => expect(read(line)).toBeNull());

  it('is quoted without the blanks around it, which the log may have', () => {
    expect(read('  /app: CPU ISA level is lower than required  ')?.quote).toBe(
      '/app: CPU ISA level is lower than required',
    );
  });

  it('is the newest of several', () => {
    const words = read('<jemalloc>: Unsupported system page size', 'Fatal glibc error: CPU does not support x86-64-v2');
    expect(words?.fault).toBe('cpu-level');
  });

  it('is nothing where there is no log', () => expect(readProgramWords(null)).toBeNull());

  it('nothing that was followed by more than a few lines', () => {
    expect(read('Fatal glibc error: CPU does not support x86-64-v2', ...Array(6).fill('running'))).toBeNull();
  });
});
