import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyFile } from '../../src/kernel/identify-file.ts';
import { makeElf } from './make-elf.ts';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);
const dyn = { type: 6, filesz: 0n };

describe('identifyFile', () => {
  it.each([
    [makeElf({ machine: 183 }), 'elf', 'arm64', 'ELF 64-bit LSB executable, ARM aarch64, statically linked'],
    [makeElf({ machine: 183 }).subarray(0, 64), 'elf', 'arm64', 'ELF 64-bit LSB executable, ARM aarch64'],
    [
      makeElf({ interp: '/lib/ld.so' }),
      'elf',
      'amd64',
      'ELF 64-bit LSB executable, x86-64, dynamically linked, interpreter /lib/ld.so',
    ],
    [
      makeElf({ type: 3, interp: '/l' }),
      'elf',
      'amd64',
      'ELF 64-bit LSB pie executable, x86-64, dynamically linked, interpreter /l',
    ],
    [
      makeElf({ type: 3, segments: [{}, { ...dyn, type: 2 }] }),
      'elf',
      'amd64',
      'ELF 64-bit LSB shared object, x86-64, dynamically linked',
    ],
    [makeElf({ bits: 32 }), 'elf', '386', 'ELF 32-bit LSB executable, Intel i386, statically linked'],
    [
      makeElf({ little: false, machine: 22 }),
      'elf',
      's390x',
      'ELF 64-bit MSB executable, IBM S/390, statically linked',
    ],
    [makeElf({ type: 1 }), 'object', 'amd64', 'ELF 64-bit LSB relocatable, x86-64'],
    [makeElf().subarray(0, 10), 'elf', null, 'ELF 64-bit LSB, cut off in its header'],
    [utf8('#!/bin/sh\necho\n'), 'script', null, 'POSIX shell script, ASCII text executable'],
    [
      utf8('#!/bin/sh\r\necho\r\n'),
      'script',
      null,
      'POSIX shell script, ASCII text executable, with CRLF line terminators',
    ],
    [utf8('#!/usr/bin/env python3\n'), 'script', null, 'Python script, ASCII text executable'],
    [utf8('#! /usr/bin/env -S bash -e\n'), 'script', null, 'Bourne-Again shell script, ASCII text executable'],
    [utf8('#!/opt/x\n# é\n'), 'script', null, 'a /opt/x script, Unicode text, UTF-8 text executable'],
    [utf8('\ufeff#!/bin/sh\n'), 'text', null, 'Unicode text, UTF-8 (with BOM) text'],
    [bytes('\xff\xfe#\0!\0'), 'text', null, 'Unicode text, UTF-16, little-endian text'],
    [utf8('hello'), 'text', null, 'ASCII text, with no line terminators'],
    [utf8('<!DOCTYPE html>\n'), 'html', null, 'HTML document, ASCII text'],
    [utf8('{"message":"Not Found"}\n'), 'json', null, 'JSON text data'],
    [utf8('version https://git-lfs.github.com/spec/v1\n'), 'git-lfs', null, 'Git LFS pointer file'],
    [bytes('\xcf\xfa\xed\xfe\x0c\0\0\x01\0\0\0\0\x02\0\0\0'), 'mach-o', 'arm64', 'Mach-O 64-bit arm64 executable'],
    [bytes('\xca\xfe\xba\xbe\0\0\0\x02'), 'mach-o', null, 'Mach-O universal binary with 2 architectures'],
    [bytes('\xca\xfe\xba\xbe\0\0\0\x41'), 'class', null, 'compiled Java class data'],
    [
      bytes(`MZ${'\0'.repeat(58)}\x40\0\0\0PE\0\0\x64\x86${'\0'.repeat(18)}\x0b\x02`),
      'pe',
      'amd64',
      'PE32+ executable x86-64, for MS Windows',
    ],
    [bytes('\0asm\x01\0\0\0'), 'wasm', null, 'WebAssembly (wasm) binary module version 0x1'],
    [bytes('PK\x03\x04'), 'zip', null, 'Zip archive data'],
    [bytes('\x1f\x8b\x08'), 'gzip', null, 'gzip compressed data'],
    [bytes('!<arch>\n'), 'archive', null, 'current ar archive'],
    [bytes('\0\0\0\0\0'), 'unknown', null, 'data (nothing but zero bytes)'],
    [bytes(''), 'empty', null, 'empty'],
  ])('%#', (head, kind, architecture, what) => {
    expect(identifyFile(head, head.length)).toEqual({ kind, architecture, what });
  });

  it('never throws', () => {
    const magic = fc.constantFrom('', '\x7fELF', '\xca\xfe\xba\xbe', '\xcf\xfa\xed\xfe', 'MZ', '\0asm', '#!');
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        const head = new Uint8Array([...bytes(start), ...rest]);
        expect(identifyFile(head, head.length).what).not.toBe('');
      }),
      { seed: 7, numRuns: 1000 },
    );
  });
});
