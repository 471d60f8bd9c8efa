import type { Platform } from './platform.ts';

/** GOOS and GOARCH names that Go knows (internal/syslist), which are the ones that an image may state. */
export const OPERATING_SYSTEMS: readonly string[] =
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  );
export const ARCHITECTURES: readonly string[] = (
  '386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ppc ppc64 ' +
  'ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
).split(' ');

/** Whether a platform is by names that exist; `unknown` is none. */
export function isKnownPlatform({ os, architecture }: Platform): boolean {
  return OPERATING_SYSTEMS.includes(os) && ARCHITECTURES.includes(architecture);
}
