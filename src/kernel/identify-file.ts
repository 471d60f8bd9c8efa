import {
  ET_DYN,
  ET_EXEC,
  isElf,
  PROGRAM_HEADER_SIZE,
  PT_DYNAMIC,
  PT_INTERP,
  readElfHeader,
  readProgramHeaders,
} from './elf.ts';
import { architectureOfElf, machineName } from './machines.ts';
import { readScriptLine } from './script.ts';

/** What a file is by its first bytes. */
export interface FileIdentity {
  readonly kind:
    | 'elf'
    | 'object'
    | 'script'
    | 'mach-o'
    | 'pe'
    | 'wasm'
    | 'class'
    | 'zip'
    | 'gzip'
    | 'archive'
    | 'html'
    | 'git-lfs'
    | 'empty'
    | 'text'
    | 'unknown';
  /** In the style of file(1). */
  readonly what: string;
  /** GOARCH, where the file has one. */
  readonly architecture: string | null;
}

const decoder = new TextDecoder('latin1');

/** Identifies a file by its head (the more of it the better, 256 bytes do) and its size in bytes. */
export function identifyFile(head: Uint8Array, size: number): FileIdentity {
  if (size === 0) return { kind: 'empty', what: 'empty', architecture: null };
  if (isElf(head)) return identifyElf(head);
  if (readScriptLine(head).kind !== 'none') return identifyScript(head);
  for (const { kind, what, magic } of MAGICS) {
    if (magic.every((byte, index) => head[index] === byte)) return { kind, what, architecture: null };
  }
  return identifyText(head);
}

interface Magic {
  readonly kind: FileIdentity['kind'];
  readonly what: string;
  readonly magic: readonly number[];
}

const MAGICS: readonly Magic[] = [
  { kind: 'mach-o', what: 'Mach-O 64-bit executable (macOS)', magic: [0xcf, 0xfa, 0xed, 0xfe] },
  { kind: 'mach-o', what: 'Mach-O 32-bit executable (macOS)', magic: [0xce, 0xfa, 0xed, 0xfe] },
  { kind: 'class', what: 'compiled Java class', magic: [0xca, 0xfe, 0xba, 0xbe, 0x00, 0x00, 0x00] },
  { kind: 'mach-o', what: 'Mach-O universal binary (macOS)', magic: [0xca, 0xfe, 0xba, 0xbe] },
  { kind: 'pe', what: 'PE executable (Windows)', magic: [0x4d, 0x5a] },
  { kind: 'wasm', what: 'WebAssembly module', magic: [0x00, 0x61, 0x73, 0x6d] },
  { kind: 'zip', what: 'Zip archive (a JAR is one)', magic: [0x50, 0x4b, 0x03, 0x04] },
  { kind: 'gzip', what: 'gzip compressed data', magic: [0x1f, 0x8b] },
  { kind: 'archive', what: 'Zstandard compressed data', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'archive', what: 'XZ compressed data', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { kind: 'archive', what: 'current ar archive (a static library)', magic: [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e] },
];

function identifyElf(head: Uint8Array): FileIdentity {
  const bits = head[4] === 1 ? 32 : 64;
  const bigEndian = head[5] === 2;
  const header = readElfHeader(head, bits, bigEndian);
  const architecture = architectureOfElf(header);
  const width = `ELF ${bits}-bit ${bigEndian ? 'MSB' : 'LSB'}`;
  if (header.type === 1)
    return {
      kind: 'object',
      what: `${width} relocatable (an object file), ${machineName(header.machine)}`,
      architecture,
    };
  if (header.type === 4)
    return { kind: 'elf', what: `${width} core file, ${machineName(header.machine)}`, architecture };
  const kind =
    header.type === ET_EXEC
      ? 'executable'
      : header.type === ET_DYN
        ? 'pie executable or shared object'
        : `of unknown type ${header.type}`;
  return {
    kind: 'elf',
    what: `${width} ${kind}, ${machineName(header.machine)}${linkage(head, header)}`,
    architecture,
  };
}

/** Only said when all program headers lie in the head. */
function linkage(head: Uint8Array, header: ReturnType<typeof readElfHeader>): string {
  const size = PROGRAM_HEADER_SIZE[header.bits];
  const start = Number(header.phoff);
  if (header.phentsize !== size || header.phnum === 0 || start + size * header.phnum > head.length) return '';
  const types = readProgramHeaders(head.subarray(start), header).map(({ type }) => type);
  return types.includes(PT_INTERP) || types.includes(PT_DYNAMIC) ? ', dynamically linked' : ', statically linked';
}

function identifyScript(head: Uint8Array): FileIdentity {
  const line = readScriptLine(head);
  const name = line.kind === 'interpreter' ? line.name.replace(/\r$/, '') : '';
  const text = decoder.decode(head);
  const crlf = /^[^\n]*\r\n/.test(text) ? ', with CRLF line terminators' : '';
  const shell = /\/(sh|dash|ash|busybox)$/.test(name)
    ? 'POSIX shell script'
    : /\/bash$/.test(name)
      ? 'Bourne-Again shell script'
      : `a ${name || 'nameless'} script`;
  return { kind: 'script', what: `${shell}, text executable${crlf}`, architecture: null };
}

function identifyText(head: Uint8Array): FileIdentity {
  const text = decoder.decode(head);
  const bom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const of = (kind: FileIdentity['kind'], what: string): FileIdentity => ({ kind, what, architecture: null });
  if (utf16) return of('text', 'Unicode text, UTF-16, with BOM');
  if (bom) return of('text', `Unicode text, UTF-8 (with BOM)${text.slice(3, 5) === '#!' ? ' before #!' : ''}`);
  if (/^version https:\/\/git-lfs/.test(text))
    return of('git-lfs', 'git-lfs pointer: the file itself was never fetched');
  if (/^\s*<(!doctype html|html|head|\?xml)/i.test(text))
    return of('html', 'HTML document: a web page was saved in place of the file');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text is what has none of them
  const isText = head.length > 0 && !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
  if (!isText) return of('unknown', 'data');
  return of('text', /^\s+#!/.test(text) ? 'text, with something before #!' : 'text without #!');
}
