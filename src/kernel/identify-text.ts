import { decodeText, hasAt } from './bytes.ts';

/** A text as file(1) sees it: encoding and line ends, or null for binary data. */
export interface TextTraits {
  readonly encoding: string;
  readonly lineEnds: string;
  readonly text: string;
}

/** Control characters that file(1) allows in a text: BEL, BS, TAB, LF, VT, FF, CR, ESC. */
const ALLOWED_CONTROLS = new Set([7, 8, 9, 10, 11, 12, 13, 27]);

function utf16(head: Uint8Array): TextTraits | null {
  const little = hasAt(head, 0, '\xff\xfe');
  if (!little && !hasAt(head, 0, '\xfe\xff')) return null;
  return { encoding: `Unicode text, UTF-16, ${little ? 'little' : 'big'}-endian text`, lineEnds: '', text: '' };
}

function lineEndsOf(text: string): string {
  const crlf = text.split('\r\n').length - 1;
  const cr = text.split('\r').length - 1 - crlf;
  const lf = text.split('\n').length - 1 - crlf;
  const kinds = [crlf > 0 && 'CRLF', cr > 0 && 'CR', lf > 0 && 'LF'].filter(Boolean);
  if (kinds.length === 0) return ', with no line terminators';
  return kinds.length === 1 && kinds[0] === 'LF' ? '' : `, with ${kinds.join(', ')} line terminators`;
}

/** Looks at the beginning of a file; a character cut off at the end of `head` is forgiven. */
export function textTraits(head: Uint8Array): TextTraits | null {
  const wide = utf16(head);
  if (wide) return wide;
  if (head.some((byte) => byte === 127 || (byte < 32 && !ALLOWED_CONTROLS.has(byte)))) return null;
  const text = decodeText(head);
  const lineEnds = lineEndsOf(text);
  if (head.every((byte) => byte < 128)) return { encoding: 'ASCII text', lineEnds, text };
  if (/\uFFFD/.test(text.slice(0, -3))) return { encoding: 'ISO-8859 text', lineEnds, text };
  return { encoding: `Unicode text, UTF-8${text.startsWith('\uFEFF') ? ' (with BOM)' : ''} text`, lineEnds, text };
}

const SHELLS: Readonly<Record<string, string>> = {
  sh: 'POSIX shell script',
  dash: 'POSIX shell script',
  ash: 'Neil Brown ash script',
  bash: 'Bourne-Again shell script',
  ksh: 'Korn shell script',
  zsh: 'Paul Falstad zsh script',
  python: 'Python script',
  perl: 'Perl script',
  ruby: 'Ruby script',
  node: 'Node.js script',
  php: 'PHP script',
  lua: 'Lua script',
  awk: 'awk script',
  tclsh: 'Tcl script',
};

/** What the `#!` line makes of a text: `POSIX shell script`, `a /opt/x script`; null without one. */
export function scriptName(text: string): string | null {
  const line = /^#![ \t]*([^ \t\r\n]+)(?:[ \t]+([^\r\n]*))?/.exec(text);
  if (!line) return text.startsWith('#!') ? 'script with an empty #! line' : null;
  const [, interpreter = '', rest = ''] = line;
  const words = rest.trim().split(/[ \t]+/);
  const base = interpreter.slice(interpreter.lastIndexOf('/') + 1);
  const program = base === 'env' ? (words.find((word) => !word.startsWith('-') && !word.includes('=')) ?? base) : base;
  const plain = program.slice(program.lastIndexOf('/') + 1).replace(/[\d.]+$/, '');
  return SHELLS[plain] ?? `a ${[interpreter, base === 'env' ? program : ''].join(' ').trim()} script`;
}
