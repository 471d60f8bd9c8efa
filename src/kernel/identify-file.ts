import { hasAt, viewOf } from './bytes.ts';
import { isElf } from './elf.ts';
import { describeElf } from './identify-elf.ts';
import { scriptName, textTraits } from './identify-text.ts';
import { architectureOfElf } from './machines.ts';

/** Kinds that the playbook tells apart. `object` is a linker's input, `compressed` any stream but gzip. */
export type FileKind =
  | 'elf'
  | 'script'
  | 'mach-o'
  | 'pe'
  | 'wasm'
  | 'class'
  | 'zip'
  | 'gzip'
  | 'compressed'
  | 'archive'
  | 'object'
  | 'html'
  | 'xml'
  | 'json'
  | 'git-lfs'
  | 'empty'
  | 'text'
  | 'unknown';

/** What a file is: a phrase in the style of file(1), and the GOARCH it is for, where it is for one. */
export interface FileIdentity {
  readonly what: string;
  readonly architecture: string | null;
  readonly kind: FileKind;
}

const of = (kind: FileKind, what: string, architecture: string | null = null): FileIdentity => ({
  kind,
  what,
  architecture,
});

/** Magic bytes (Latin-1) at an offset. */
const MAGICS: readonly (readonly [number, string, FileKind, string])[] = [
  [0, '\x1f\x8b', 'gzip', 'gzip compressed data'],
  [0, '\xfd7zXZ\0', 'compressed', 'XZ compressed data'],
  [0, '\x28\xb5\x2f\xfd', 'compressed', 'Zstandard compressed data'],
  [0, 'BZh', 'compressed', 'bzip2 compressed data'],
  [0, '\x04\x22\x4d\x18', 'compressed', 'LZ4 compressed data'],
  [0, '7z\xbc\xaf\x27\x1c', 'archive', '7-zip archive data'],
  [0, '!<arch>\ndebian', 'archive', 'Debian binary package'],
  [0, '!<arch>\n', 'archive', 'current ar archive'],
  [0, '\xed\xab\xee\xdb', 'archive', 'RPM package'],
  [0, '070701', 'archive', 'ASCII cpio archive'],
  [257, 'ustar', 'archive', 'POSIX tar archive'],
  [0, 'BC\xc0\xde', 'object', 'LLVM IR bitcode'],
  [0, '%PDF-', 'unknown', 'PDF document'],
  [0, '\x89PNG', 'unknown', 'PNG image data'],
];

const MACH_CPUS: Readonly<Record<number, readonly [string, string | null]>> = {
  7: ['i386', '386'],
  12: ['arm', 'arm'],
  18: ['ppc', null],
  16777223: ['x86_64', 'amd64'],
  16777228: ['arm64', 'arm64'],
};
const MACH_TYPES: Readonly<Record<number, string>> = { 1: 'object', 2: 'executable', 6: 'dynamically linked library' };

function machO(head: Uint8Array): FileIdentity | null {
  if (head.length < 8) return null;
  const view = viewOf(head);
  const big = view.getUint32(0, false);
  if (big === 0xcafebabe) {
    const count = view.getUint32(4, false);
    return count > 30
      ? of('class', 'compiled Java class data')
      : of('mach-o', `Mach-O universal binary with ${count} architectures`);
  }
  const little = big === 0xcefaedfe || big === 0xcffaedfe;
  if (!little && big !== 0xfeedface && big !== 0xfeedfacf) return null;
  const wide = big === 0xfeedfacf || big === 0xcffaedfe ? '64' : '32';
  const [cpu, architecture] = MACH_CPUS[view.getUint32(4, little)] ?? ['unknown CPU', null];
  const type = (head.length >= 16 && MACH_TYPES[view.getUint32(12, little)]) || 'file';
  return of('mach-o', `Mach-O ${wide}-bit ${cpu} ${type}`, architecture);
}

const PE_MACHINES: Readonly<Record<number, readonly [string, string]>> = {
  332: ['Intel 80386', '386'],
  452: ['ARM Thumb-2', 'arm'],
  34404: ['x86-64', 'amd64'],
  43620: ['Aarch64', 'arm64'],
};

function portableExecutable(head: Uint8Array): FileIdentity | null {
  if (!hasAt(head, 0, 'MZ')) return null;
  const at = head.length >= 64 ? viewOf(head).getUint32(60, true) : 0;
  if (at === 0 || !hasAt(head, at, 'PE\0\0') || at + 26 > head.length) return of('pe', 'MS-DOS executable');
  const view = viewOf(head);
  const [machine, architecture] = PE_MACHINES[view.getUint16(at + 4, true)] ?? ['unknown processor', null];
  const format = view.getUint16(at + 24, true) === 0x20b ? 'PE32+' : 'PE32';
  return of('pe', `${format} executable ${machine}, for MS Windows`, architecture);
}

function zip(head: Uint8Array): FileIdentity | null {
  if (!hasAt(head, 0, 'PK\x03\x04')) return null;
  const jar = hasAt(head, 30, 'META-INF/');
  return of('zip', jar ? 'Java archive data (JAR)' : 'Zip archive data');
}

function wasm(head: Uint8Array): FileIdentity | null {
  if (!hasAt(head, 0, '\0asm')) return null;
  const version = head.length >= 8 ? ` version 0x${viewOf(head).getUint32(4, true).toString(16)}` : '';
  return of('wasm', `WebAssembly (wasm) binary module${version}`);
}

function elf(head: Uint8Array): FileIdentity | null {
  if (!isElf(head)) return null;
  const { what, relocatable } = describeElf(head);
  return of(relocatable ? 'object' : 'elf', what, architectureOfElf(head));
}

function byMagic(head: Uint8Array): FileIdentity | null {
  const found = MAGICS.find(([offset, magic]) => hasAt(head, offset, magic));
  return found ? of(found[2], found[3]) : null;
}

function text(head: Uint8Array): FileIdentity | null {
  const script = hasAt(head, 0, '#!') ? scriptName(new TextDecoder().decode(head.subarray(0, 256))) : null;
  const traits = textTraits(head);
  if (!traits) return script ? of('script', `${script} executable (binary data)`) : null;
  const ends = traits.lineEnds;
  if (script) return of('script', `${script}, ${traits.encoding} executable${ends}`);
  const begin = traits.text.replace(/^\uFEFF/, '').trimStart();
  if (begin.startsWith('version https://git-lfs.github.com/spec/')) return of('git-lfs', 'Git LFS pointer file');
  if (/^<(!doctype html|html|head|body)\b/i.test(begin)) return of('html', `HTML document, ${traits.encoding}${ends}`);
  if (begin.startsWith('<?xml')) return of('xml', `XML document, ${traits.encoding}${ends}`);
  if (/^\{\s*"/.test(begin)) return of('json', 'JSON text data');
  return of('text', `${traits.encoding}${ends}`);
}

/** Says what a file is by its beginning (4096 bytes serve well) and its whole size in bytes. Never throws. */
export function identifyFile(head: Uint8Array, size: number): FileIdentity {
  if (size === 0 || head.length === 0) return of('empty', 'empty');
  for (const look of [elf, machO, portableExecutable, wasm, zip, byMagic, text]) {
    const identity = look(head);
    if (identity) return identity;
  }
  return of('unknown', head.every((byte) => byte === 0) ? 'data (nothing but zero bytes)' : 'data');
}
