/** fs/binfmt_script.c looks at this many bytes, zero padded (BINPRM_BUF_SIZE). */
export const HEAD_SIZE = 256;

const NUL = 0;
const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const isBlank = (byte: number | undefined) => byte === SPACE || byte === TAB;

/**
 * What the kernel makes of a `#!` line: the interpreter's name (empty: it opens the working directory) and its one argument,
 * as bytes; `none` when the file is no script, `refused` when it is one that the kernel does not take (ENOEXEC).
 */
export type ScriptLine =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'interpreter'; readonly name: string; readonly argument: string | null };

/** Reads the line as load_script in fs/binfmt_script.c does. `head` is the file's first 256 bytes or fewer. */
export function readScriptLine(head: Uint8Array): ScriptLine {
  if (head[0] !== 0x23 || head[1] !== 0x21) return { kind: 'none' };
  const buffer = new Uint8Array(HEAD_SIZE);
  buffer.set(head.subarray(0, HEAD_SIZE));
  const newline = findNewline(buffer);
  const last = HEAD_SIZE - 1;
  let end = newline;
  if (newline === -1) {
    const start = skipBlanks(buffer, 2, last);
    if (start === last + 1 || !hasTerminator(buffer, start, last)) return { kind: 'refused' };
    end = last;
  }
  while (end > 2 && isBlank(buffer[end - 1])) end -= 1;
  const start = skipBlanks(buffer, 2, end - 1);
  if (start === end) return { kind: 'refused' };
  let stop = start;
  while (stop < end && !isBlank(buffer[stop]) && buffer[stop] !== NUL) stop += 1;
  const name = decode(buffer.subarray(start, stop));
  if (stop === end || buffer[stop] === NUL) return { kind: 'interpreter', name, argument: null };
  const rest = skipBlanks(buffer, stop, end - 1);
  if (rest > end - 1 && newline !== -1) return { kind: 'interpreter', name, argument: null };
  return { kind: 'interpreter', name, argument: decode(cString(buffer.subarray(rest, end))) };
}

/** strnchr(3) of the kernel: a NUL before the newline ends the search. */
function findNewline(buffer: Uint8Array): number {
  const newline = buffer.indexOf(NEWLINE, 2);
  const nul = buffer.indexOf(NUL, 2);
  return nul !== -1 && nul < newline ? -1 : newline;
}

/** The index of the first byte that is no blank, at most one past `last`. */
function skipBlanks(buffer: Uint8Array, from: number, last: number): number {
  let index = from;
  while (index <= last && isBlank(buffer[index])) index += 1;
  return index;
}

/** Whether the name ends inside the buffer: without that it may have been cut, and a cut name is never used. */
function hasTerminator(buffer: Uint8Array, from: number, last: number): boolean {
  for (let index = from; index <= last; index += 1) if (isBlank(buffer[index]) || buffer[index] === NUL) return true;
  return false;
}

function cString(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(NUL);
  return nul === -1 ? bytes : bytes.subarray(0, nul);
}

const decoder = new TextDecoder();
const decode = (bytes: Uint8Array) => decoder.decode(bytes);
