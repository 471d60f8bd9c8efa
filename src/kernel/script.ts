import { decodeText, untilNul } from './bytes.ts';

/** What the kernel reads of every file before it decides (BINPRM_BUF_SIZE). */
export const HEAD_SIZE = 256;

/** A `#!` line as binfmt_script reads it. `malformed` is ENOEXEC. The argument is one string, inner blanks kept. */
export type Shebang =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly why: string }
  | { readonly kind: 'script'; readonly interpreter: string; readonly argument: string | null };

const NUL = 0;
const TAB = 9;
const NEWLINE = 10;
const BLANK = 32;
const isBlank = (byte: number | undefined) => byte === BLANK || byte === TAB;

/** The first index in first..last (both included) that is no blank, or -1. */
function nextNonBlank(head: Uint8Array, first: number, last: number): number {
  for (let i = first; i <= last; i += 1) if (!isBlank(head[i])) return i;
  return -1;
}

/** The first blank or NUL in first..last (both included), or -1. */
function nextTerminator(head: Uint8Array, first: number, last: number): number {
  for (let i = first; i <= last; i += 1) if (isBlank(head[i]) || head[i] === NUL) return i;
  return -1;
}

/** The newline, if no NUL stands before it: the kernel searches with strnchr(). */
function newlineIn(head: Uint8Array): number {
  const newline = head.indexOf(NEWLINE);
  const nul = head.indexOf(NUL);
  return nul >= 0 && nul < newline ? -1 : newline;
}

/** Reads the zero-padded first 256 bytes, step by step like load_script() in fs/binfmt_script.c. */
export function parseShebang(head: Uint8Array): Shebang {
  if (head[0] !== 0x23 || head[1] !== 0x21) return { kind: 'none' };
  let end = newlineIn(head);
  if (end < 0) {
    const last = HEAD_SIZE - 1;
    const start = nextNonBlank(head, 2, last);
    if (start < 0) return { kind: 'malformed', why: 'its #! line is blank' };
    if (nextTerminator(head, start, last) < 0) {
      return {
        kind: 'malformed',
        why: 'the name in its #! line does not end within the 256 bytes that the kernel reads',
      };
    }
    end = last;
  }
  while (isBlank(head[end - 1])) end -= 1;
  const name = nextNonBlank(head, 2, end);
  if (name < 0 || name === end) return { kind: 'malformed', why: 'its #! line names no interpreter' };
  const separator = nextTerminator(head, name, end);
  const argument = separator >= 0 && head[separator] !== NUL ? nextNonBlank(head, separator, end) : -1;
  const textOf = (from: number, to: number) => decodeText(untilNul(head.subarray(from, to)));
  return {
    kind: 'script',
    interpreter: textOf(name, separator < 0 ? end : separator),
    argument: argument < 0 || argument >= end ? null : textOf(argument, end),
  };
}
