import type { InstanceFacts, LogTail } from '../evidence.ts';
import { quote } from '../quote.ts';

/** Signals by their number, for 128 and it as exit status (signal(7)). */
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL, an illegal instruction',
  6: 'SIGABRT: it gave up by itself',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL: somebody or something killed it',
  11: 'SIGSEGV, an invalid memory access',
  13: 'SIGPIPE',
  15: 'SIGTERM: it was asked to stop',
};

/** What applications write when they cannot go on, with what that is. The first that fits the newest lines counts. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/address already in use|EADDRINUSE|bind\(\).*failed|port is already allocated/i, 'its port is in use'],
  [/out of memory|OutOfMemoryError|Cannot allocate memory|ENOMEM/i, 'it ran out of memory'],
  [
    /(?:missing|required|undefined|not set).{0,40}(?:environment variable|env var|config|setting)|(?:environment variable|config\w*|setting).{0,60}(?:missing|required|not set|not found)/i,
    'its configuration is incomplete',
  ],
  [
    /connection refused|ECONNREFUSED|ENOTFOUND|no such host|timed? ?out/i,
    'something that it depends on did not answer',
  ],
  [/permission denied|EACCES|EPERM/i, 'it may not do something that it wants to do'],
  [/no space left on device|ENOSPC/i, 'the disk is full'],
  [/Traceback|Exception|panic:|Unhandled|Error:/i, 'it ended with an error of its own'],
];

const LAST_LINES = 10;
const LONGEST_QUOTE = 160;

/** Why a program that was executed does not run, for a sentence: how it ended, and what it said. */
export function describeOtherFailure({ state }: InstanceFacts, log: LogTail | null): string {
  const { exitCode, oomKilled } = state;
  if (oomKilled) return 'it was killed for want of memory';
  const said = lastWords(log);
  const signal = SIGNALS[(exitCode ?? 0) - 128];
  const how = signal
    ? `its program was ended by ${signal} (exit status ${exitCode})`
    : `its program ended by itself with exit status ${exitCode}`;
  return said ? `${how}; ${said}` : how;
}

function lastWords(log: LogTail | null): string | null {
  const lines = (log?.lines ?? []).slice(-LAST_LINES).toReversed();
  for (const [pattern, reason] of REASONS) {
    const line = lines.find((each) => pattern.test(each));
    if (line) return `${reason}: ${quote(line, LONGEST_QUOTE)}`;
  }
  const last = lines.find((line) => line.trim() !== '');
  return last ? `its last words are ${quote(last, LONGEST_QUOTE)}` : null;
}
