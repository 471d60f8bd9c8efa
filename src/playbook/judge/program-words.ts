import type { FaultCode } from '../../kernel/outcome.ts';
import type { LogTail } from '../evidence.ts';

/** What a loader, an emulator or a language's runtime says itself when it cannot start a program. */
export interface ProgramWords {
  readonly fault: FaultCode;
  readonly culprit: string | null;
  readonly quote: string;
}

/** The beginning of such a line, in the words of the program that writes it; at most a program's name stands before. */
const WORDS: readonly (readonly [RegExp, FaultCode])[] = [
  [/^Fatal glibc error: CPU does not support x86-64-v[234]/, 'cpu-level'],
  [/CPU ISA level is lower than required$/, 'cpu-level'],
  [/^This program can only be run on AMD64 processors with v[234] microarchitecture support/, 'cpu-level'],
  [/^runtime: this CPU has no (?:VFPv3|floating point hardware)/, 'cpu-level'],
  [/^<jemalloc>: Unsupported system page size/, 'page-size'],
  [/ELF load command (?:alignment|address\/offset) not (?:page-aligned|properly aligned)$/, 'page-size'],
  [/error while loading shared libraries: ([^:\s]+): cannot open shared object file/, 'library-missing'],
  [/^Error loading shared library ([^:\s]+): /, 'library-missing'],
  [/: version [`']([^']+)' not found \(required by /, 'symbol-version-missing'],
  [/^Error relocating ([^:\s]+): \S+: symbol not found$/, 'symbol-version-missing'],
  [/^qemu-[\w-]+: Could not open '([^']+)'/, 'emulation-broken'],
  [/^rosetta error: failed to open elf at (\S+)/, 'emulation-broken'],
  // GNU writes `\r` as two characters; BusyBox, in words of its own, writes the character.
  [
    /^(?:\/usr\/bin\/)?env: (?:can't execute )?['‘]?([^'’:]*(?:\\r|\r))['’]?: No such file or directory$/,
    'script-crlf',
  ],
];

/** Only the last words count: those before belong to earlier lives, or to a program that went on. */
const LAST_LINES = 5;

/** Reads the last lines of a log for what a loader or an emulator says of itself; null when it says nothing. */
export function readProgramWords(log: LogTail | null): ProgramWords | null {
  for (const line of (log?.lines ?? []).slice(-LAST_LINES).toReversed()) {
    for (const [pattern, fault] of WORDS) {
      const match = pattern.exec(line.trimEnd());
      if (match) return { fault, culprit: match[1] ?? null, quote: line.trim() };
    }
  }
  return null;
}
