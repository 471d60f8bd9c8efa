import { architectureOf } from '../image/platform.ts';

/** The machine names that people and tools write, longest first so that `arm64` is not read as `arm`. */
const MACHINES =
  'x86_64|x86-64|aarch64|amd64|arm64|armv8l|armv7l|armv6l|armhf|armel|arm|i[3-6]86|386|ppc64le|ppc64el|ppc64|s390x|riscv64|loongarch64|loong64|mips64le|mips64';

/** `linux/arm64/v8`, and turned round as some scripts print it: `amd64/linux`. A part of a path or address is none. */
const PLATFORM = new RegExp(
  `(?<![\\w./:@-])(?:(linux|windows|darwin|freebsd)/(${MACHINES})(?:/v\\d)?|(${MACHINES})/(linux|windows|darwin|freebsd))(?![\\w/@-]|\\.\\w)`,
  'gi',
);
const WHOLE_MACHINE = new RegExp(`^(?:${MACHINES})$`, 'i');
const IN_NAME = /(?<![a-z0-9])(?:x86[_-]64|x64|amd64|aarch64|arm64|ppc64le|s390x|riscv64)(?![a-z0-9])/gi;

/** What a text calls a platform. */
export interface NamedPlatform {
  readonly os: string | null;
  /** By its GOARCH name. */
  readonly architecture: string;
}

/** The platforms that a text names as `os/architecture` or the other way round, in order. */
export function platformsIn(text: string): readonly NamedPlatform[] {
  if (!text.includes('/')) return [];
  return [...text.matchAll(PLATFORM)].map(([, os, machine, machineFirst, osLast]) => ({
    os: (os ?? osLast ?? '').toLowerCase(),
    architecture: architectureOf(machine ?? machineFirst ?? '').architecture,
  }));
}

/** The architecture of a text that is one machine name and nothing else, as `uname -m` prints it; null when it is not. */
export function machineIn(text: string): string | null {
  return WHOLE_MACHINE.test(text) ? architectureOf(text).architecture : null;
}

/**
 * The one architecture that a machine's or runner's name holds (`corp-arm64-02`, `X64`); null when it holds none or two. A
 * bare `arm` is not taken: it may mean 32 or 64 bits.
 */
export function architectureInName(name: string): string | null {
  const found = new Set(
    [...name.matchAll(IN_NAME)].map(([word]) => {
      const lower = word.toLowerCase();
      return lower === 'x64' || lower.startsWith('x86') ? 'amd64' : architectureOf(lower).architecture;
    }),
  );
  return found.size === 1 ? ([...found][0] ?? null) : null;
}
