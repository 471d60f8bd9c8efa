import { makeElf } from '../../kernel/make-elf.ts';
import { deploy, executable, good, imageOf, NO_PLATFORM_REMEDIES, program } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const RENDER = '/app/render';
const file = (content: Uint8Array | string) => imageOf(executable(RENDER, content));

const foreign: Expected = {
  outcome: 'will-not-run',
  fault: 'foreign-format',
  culprit: RENDER,
  errno: 'ENOEXEC',
  confidence: 'proved',
  must: [{ kind: ['fix-file', 'rebuild'], fit: 'fixes' }],
  mustNot: NO_PLATFORM_REMEDIES,
};

/** Mach-O 64-bit for ARM64: header and no commands. */
const MACH_O = Buffer.from('cffaedfe0c00000100000000020000000000000000000000850020000000000000', 'hex');

/** A PE32+ executable for x86-64: DOS header, PE signature, COFF header, the optional header's magic. */
const windowsProgram = (): Buffer => {
  const bytes = Buffer.alloc(0x200);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  bytes.writeUInt16LE(0x8664, 0x84);
  bytes.writeUInt16LE(0x20b, 0x98);
  return bytes;
};

/** Files that are no program of Linux, and programs of which a part is missing. */
export const formatIncidents: readonly IncidentCase[] = [
  {
    id: 'empty-entrypoint',
    title: 'A here-document without BuildKit left an empty entrypoint',
    source: 'HarperFast/harper#1619; defects4c/defects4c#5',
    symptom: 'exec format error; the file has zero bytes',
    story: [{ push: 'v1', image: good }, ...deploy('v2', file(''))],
    expected: { ...foreign, fault: 'empty-file', offers: ['v1'] },
  },
  {
    id: 'download-without-redirect',
    title: 'curl without -L saved the empty body of a redirect',
    source: 'nodejs/docker-node#1812',
    symptom: 'exec format error from a program that was downloaded in the Dockerfile',
    story: deploy('v1', {
      layers: [[executable('/usr/local/bin/tool', '')]],
      entrypoint: ['tool'],
    }),
    expected: { ...foreign, fault: 'empty-file', culprit: '/usr/local/bin/tool' },
  },
  {
    id: 'empty-through-a-shell',
    title: 'A shell runs an empty program, and it ends well',
    source: 'known cause: `sh -c` on an empty file exits 0 silently',
    symptom: 'the container ends with 0 at once, nothing is logged',
    story: deploy('v1', { layers: [[executable(RENDER, '')]], entrypoint: ['/bin/sh', '-c', RENDER] }),
    expected: { outcome: 'will-not-run', fault: 'empty-file', culprit: RENDER, confidence: ['likely', 'possible'] },
  },
  {
    id: 'truncated-header',
    title: 'A broken download ends within the ELF header',
    source: 'known cause: truncated',
    symptom: 'exec format error; file says ELF',
    story: deploy('v1', file(program('amd64').subarray(0, 40))),
    expected: { ...foreign, fault: 'truncated-binary' },
  },
  {
    id: 'truncated-body',
    title: 'A full disk cut the program off behind its header',
    source: 'argoproj/argo-helm#3895',
    symptom: 'the container ends with 139 or 135 at once, nothing is logged',
    story: [{ push: 'v1', image: good }, ...deploy('v2', file(makeElf({ codeAt: 0x1800, size: 0x1400 })))],
    expected: { ...foreign, fault: 'truncated-binary', errno: null, offers: ['v1'] },
  },
  {
    id: 'mach-o',
    title: 'The program was built on a Mac for the Mac',
    source: 'chemidy#5',
    symptom: 'exec format error; GOOS was not set',
    story: deploy('v1', file(MACH_O)),
    expected: foreign,
  },
  {
    id: 'windows-program',
    title: 'A program for Windows in a Linux image',
    source: 'krallin/tini#140',
    symptom: 'exec format error',
    story: deploy('v1', file(windowsProgram())),
    expected: foreign,
  },
  {
    id: 'webassembly',
    title: 'A WebAssembly module under the usual runtime',
    source: 'WasmEdge/WasmEdge#1675',
    symptom: 'exec /app/render: exec format error; it needs another runtime',
    story: deploy('v1', { ...file('\0asm\x01\0\0\0'), base: null }),
    expected: foreign,
  },
  {
    id: 'jar-as-entrypoint',
    title: 'The JAR itself is the entrypoint, without java -jar',
    source: 'known cause: JAR',
    symptom: 'exec format error',
    story: deploy('v1', file(`PK\x03\x04\x14\0\x08\x08\x08\0${'\0'.repeat(16)}\x09\0\x04\0META-INF/\xfe\xca\0\0`)),
    expected: foreign,
  },
  {
    id: 'object-file',
    title: 'The compiler’s output was copied before it was linked',
    source: 'known cause: object file',
    symptom: 'exec format error; architecture is right',
    story: deploy('v1', file(makeElf({ type: 1 }))),
    expected: { ...foreign, fault: ['foreign-format', 'truncated-binary'] },
  },
  {
    id: 'static-library',
    title: 'go build of a package that is not main wrote an archive',
    source: 'known cause: `!<arch>`',
    symptom: 'exec format error; file says: current ar archive',
    story: deploy('v1', file('!<arch>\n__.PKGDEF       0           0     0     644     7955      `\n')),
    expected: foreign,
  },
  {
    id: 'html-page',
    title: 'The download was a login page',
    source: 'known cause: HTML',
    symptom: 'exec format error from a tool that was downloaded',
    story: deploy('v1', file('<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n')),
    expected: foreign,
  },
  {
    id: 'git-lfs-pointer',
    title: 'The build checked out the git-lfs pointer instead of the program',
    source: 'known cause: git-lfs pointer',
    symptom: 'exec format error; the file has 130 bytes',
    story: deploy(
      'v1',
      file(`version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345678\n`),
    ),
    expected: foreign,
  },
  {
    id: 'not-unpacked',
    title: 'The release archive was copied without unpacking it',
    source: 'known cause: gzip',
    symptom: 'exec format error',
    story: deploy('v1', file('\x1f\x8b\x08\0\0\0\0\0\0\x03')),
    expected: foreign,
  },
  {
    id: 'download-not-found',
    title: 'The download was the words Not Found',
    source: 'known cause: HTML page, here-document, `curl` without `-L`',
    symptom: 'exec format error; the file has nine bytes',
    story: deploy('v1', file('Not Found')),
    expected: { ...foreign, fault: ['foreign-format', 'script-no-shebang'] },
  },
];
