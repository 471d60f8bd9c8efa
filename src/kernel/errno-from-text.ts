import type { ErrnoName } from './outcome.ts';

/** What a runtime said: `lookup` before the container started, `start` from execve(2) itself. */
export interface RuntimeError {
  readonly errno: ErrnoName;
  /** As the runtime named it; null when it did not. */
  readonly file: string | null;
  readonly stage: 'lookup' | 'start';
}

/** strerror(3) of glibc and Go, in lower case, and the look-up's own words. */
const REASONS: Readonly<Record<string, ErrnoName>> = {
  'exec format error': 'ENOEXEC',
  'no such file or directory': 'ENOENT',
  'permission denied': 'EACCES',
  'operation not permitted': 'EPERM',
  'accessing a corrupted shared library': 'ELIBBAD',
  'input/output error': 'EIO',
  'i/o error': 'EIO',
  'too many levels of symbolic links': 'ELOOP',
  'not a directory': 'ENOTDIR',
  'is a directory': 'EISDIR',
  'invalid argument': 'EINVAL',
  'file name too long': 'ENAMETOOLONG',
  'cannot allocate memory': 'ENOMEM',
  'text file busy': 'ETXTBSY',
  'executable file not found in $path': 'ENOENT',
  'cannot run executable found relative to current directory': 'ENOENT',
};

/** What engines put before the runtime's own words, each with a colon after it. */
const PREFIX = new RegExp(
  `^(?:(?:${[
    'docker',
    'error',
    'error response from daemon',
    'oci runtime error',
    'crun',
    'runc',
    'failed to (?:create|start) (?:task|shim task|containerd task)(?: for container)?',
    'failed to create containerd container',
    'failed to start container "[^"]*"',
    'oci runtime (?:create|exec|start) failed',
    'runc (?:create|run|exec) failed',
    'container create failed',
    'error during container init',
    'container_linux\\.go:\\d+: starting container process caused',
    'process_linux\\.go:\\d+: container init caused',
    'unable to start container process',
  ].join('|')}): )*`,
  'i',
);

type Reading = readonly [RegExp, RuntimeError['stage'], (match: RegExpExecArray) => [string | null, string]];

const first = (match: RegExpExecArray): [string | null, string] => [match[1] ?? null, match[2] ?? ''];
const swapped = (match: RegExpExecArray): [string | null, string] => [match[2] ?? null, match[1] ?? ''];
const nameless = (match: RegExpExecArray): [string | null, string] => [null, match[1] ?? ''];

/** Each runtime's wording, at the start of a line once the prefixes are taken away. */
const READINGS: readonly Reading[] = [
  [/^standard_init_linux\.go:\d+: exec user process caused:? "?([a-z/ ]+)"?$/i, 'start', nameless],
  [/^exec container process (?:\(missing dynamic library\?\) )?`([^`]+)`: ([a-z/ ]+)$/i, 'start', first],
  [/^exec container process `([^`]+)`: ([a-z/ ]+) \(missing dynamic library\?\)$/i, 'start', first],
  [/^exec: "((?:[^"\\]|\\.)*)": (?:stat [^:]*: )?([a-z$/ ]+)$/i, 'lookup', first],
  [/^executable file [`']([^`']+)[`'] (not found in \$PATH)(?:: No such file or directory)?$/i, 'lookup', first],
  [/^executable '([^']+)' (not found in \$PATH)$/i, 'lookup', first],
  [/^open executable(?: `[^`]*`)?: ([a-z/ ]+)$/i, 'lookup', nameless],
  [/^error '([^']+?)(?: \(os error \d+\))?' executing '([^']+)'/i, 'start', swapped],
  [/^failed to load (\/[^:]*): ([a-z/ ]+)$/i, 'start', first],
  [/^\[FATAL tini \(\d+\)\] exec (\S+) failed: ([a-z/ ]+)$/i, 'start', first],
  [/^exec ((?:[^\s:"`]|\\ )*\/[^:"`]*): ([a-z/ ]+)$/i, 'start', first],
];

/** Long enough for a path of 4096 bytes and every prefix. */
const MAX_LINE = 8192;

function readLine(line: string): RuntimeError | null {
  const json = /^\{"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  // What runc and containerd write on a terminal or into a journal (logfmt), with quotes and backslashes escaped.
  const logged = /^time="[^"]*" level=\w+ msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replace(/\\(["\\])/g, '$1');
  const words = (json ?? logged ?? line)
    .replace(PREFIX, '')
    .replace(/: Are you trying to mount a directory onto a file.*$/, '')
    .replace(/(?:: OCI runtime attempted to invoke a command that was not found)?(?:: unknown)?\.?$/, '');
  for (const [wording, stage, read] of READINGS) {
    const match = wording.exec(words);
    if (!match) continue;
    const [file, reason] = read(match);
    const errno = /^not found in/i.test(reason) ? 'ENOENT' : REASONS[reason.trim().toLowerCase()];
    if (errno) return { errno, file, stage };
  }
  return null;
}

/**
 * Reads the error of a container runtime (runc of all ages, crun, youki, gVisor, Docker's `State.Error`, tini) out of an
 * engine's error text or a container's log. It must be a line of its own: a line of the application that merely quotes
 * one does not count. Of several the last counts.
 */
export function errnoFromText(text: string): RuntimeError | null {
  for (const line of text.split('\n').reverse()) {
    const read = line.length <= MAX_LINE ? readLine(line.trimEnd()) : null;
    if (read) return read;
  }
  return null;
}
