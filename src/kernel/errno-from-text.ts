import type { ErrnoName } from './outcome.ts';

/** What a runtime reported: the errno, the file that it named (always the entrypoint), and when. */
export interface RuntimeRefusal {
  readonly errno: ErrnoName;
  readonly file: string | null;
  readonly stage: 'lookup' | 'start';
}

/** strerror(3) as Go, glibc and musl print it, lower case. */
const WORDS: readonly (readonly [string, ErrnoName])[] = [
  ['exec format error', 'ENOEXEC'],
  ['no such file or directory', 'ENOENT'],
  ['permission denied', 'EACCES'],
  ['accessing a corrupted shared library', 'ELIBBAD'],
  ['input/output error', 'EIO'],
  ['i/o error', 'EIO'],
  ['too many levels of symbolic links', 'ELOOP'],
  ['symbolic link loop', 'ELOOP'],
  ['not a directory', 'ENOTDIR'],
  ['is a directory', 'EISDIR'],
  ['invalid argument', 'EINVAL'],
  ['file name too long', 'ENAMETOOLONG'],
  ['operation not permitted', 'EPERM'],
  ['text file busy', 'ETXTBSY'],
  ['cannot allocate memory', 'ENOMEM'],
];

/** Longer lines are no runtime's. */
const LINE_LIMIT = 4_000;

interface Form {
  readonly stage: RuntimeRefusal['stage'];
  readonly pattern: RegExp;
}

/** The runtimes' own lines. Each begins where a line begins: a program that quotes one writes something before it. */
const FORMS: readonly Form[] = [
  // runc ≥ 1.1: `exec /app: exec format error`; also with a trailing carriage return in the name.
  { stage: 'start', pattern: /^exec (?<file>\/?[^\s:]+\r?): (?<words>[a-z][a-z /]+)$/i },
  // runc ≤ 1.0.3: `standard_init_linux.go:228: exec user process caused: exec format error`, once with quotes.
  {
    stage: 'start',
    pattern: /^(?:panic: )?standard_init_linux\.go:\d+: exec user process caused:? "?(?<words>[a-z][a-z /]+?)"?$/i,
  },
  // crun: `exec container process `/app`: Exec format error`, ENOENT with a hint.
  {
    stage: 'start',
    pattern:
      /^(?:\{"msg":")?exec container process(?: \(missing dynamic library\?\))? `(?<file>[^`]+)`: (?<words>[a-z][a-z /]+?)(?:","level.*)?$/i,
  },
  // crun's look-up.
  { stage: 'lookup', pattern: /^(?:.*: )?executable file `(?<file>[^`]+)` not found(?: in \$PATH)?(?<words>)/i },
  // runc's look-up, within what Docker and containerd put before it.
  {
    stage: 'lookup',
    pattern:
      /(?:^|unable to start container process: |starting container process caused:? "?|container init: )exec: \\?"(?<file>[^"\\]+)\\?": (?:stat [^:]+: )?(?<words>[a-z$][a-z $/]+)/i,
  },
  { stage: 'lookup', pattern: /^(?:.*: )?open executable: (?<words>[a-z][a-z /]+)$/i },
];

/**
 * Reads a runtime's refusal out of one line of a log or out of an engine's error text; null when it is none. Strict about the
 * beginning of the line: a log that merely quotes the error is not the error.
 */
export function errnoFromText(text: string): RuntimeRefusal | null {
  const line = text.trim();
  if (line.length > LINE_LIMIT) return null;
  for (const { stage, pattern } of FORMS) {
    const groups = pattern.exec(line)?.groups;
    if (!groups) continue;
    const errno = errnoOf(groups.words ?? '');
    if (errno) return { errno, file: groups.file ?? null, stage };
  }
  return null;
}

function errnoOf(words: string): ErrnoName | null {
  const said = words.toLowerCase();
  if (said === '' || said.startsWith('executable file not found')) return 'ENOENT';
  return WORDS.find(([word]) => said.startsWith(word))?.[1] ?? null;
}
