import { describe, expect, it } from 'vitest';
import { readProgramWords } from '../../src/playbook/judge/program-words.ts';

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
  ])('nothing in %s', (_what, line) => expect(read(line)).toBeNull());

  it('nothing that was followed by more than a few lines', () => {
    expect(read('Fatal glibc error: CPU does not support x86-64-v2', ...Array(6).fill('running'))).toBeNull();
  });
});
