import type { KernelHost } from './host.ts';

/** What the kernel looks at to know whose program an ELF file is (include/uapi/linux/elf-em.h). */
export interface ElfIdentity {
  readonly machine: number;
  /** EI_CLASS: 1 is 32-bit, 2 is 64-bit; other values are what the file says. */
  readonly class: number;
  /** EI_DATA: 2 is big-endian. */
  readonly data: number;
  readonly flags: number;
}

interface Machine {
  /** As file(1) names it. */
  readonly name: string;
  readonly arch: (identity: ElfIdentity) => string;
}

const plain = (name: string, arch: string): Machine => ({ name, arch: () => arch });

const MACHINES: Readonly<Record<number, Machine>> = {
  2: plain('SPARC', 'sparc'),
  3: plain('Intel 80386', '386'),
  6: plain('Intel 80486', '386'),
  8: { name: 'MIPS', arch: ({ class: bits, data }) => `mips${bits === 2 ? '64' : ''}${data === 2 ? '' : 'le'}` },
  20: plain('PowerPC', 'ppc'),
  21: { name: '64-bit PowerPC', arch: ({ data }) => (data === 2 ? 'ppc64' : 'ppc64le') },
  22: { name: 'IBM S/390', arch: ({ class: bits }) => (bits === 1 ? 's390' : 's390x') },
  40: { name: 'ARM', arch: ({ data }) => (data === 2 ? 'armbe' : 'arm') },
  43: plain('SPARC V9', 'sparc64'),
  50: plain('IA-64', 'ia64'),
  62: { name: 'x86-64', arch: ({ class: bits }) => (bits === 1 ? 'x32' : 'amd64') },
  183: { name: 'ARM aarch64', arch: ({ data }) => (data === 2 ? 'arm64be' : 'arm64') },
  243: { name: 'UCB RISC-V', arch: ({ class: bits }) => (bits === 1 ? 'riscv32' : 'riscv64') },
  247: plain('eBPF', 'bpf'),
  258: { name: 'LoongArch', arch: ({ class: bits }) => (bits === 1 ? 'loong32' : 'loong64') },
  41872: plain('IBM S/390 (old)', 's390x'),
};

/** As file(1) says it: `ARM aarch64`; `unknown machine 0x…` otherwise. */
export function machineName(machine: number): string {
  return MACHINES[machine]?.name ?? `unknown machine 0x${machine.toString(16)}`;
}

/** The GOARCH of an ELF file; null for machines that have none. */
export function architectureOfElf(identity: ElfIdentity): string | null {
  return MACHINES[identity.machine]?.arch(identity) ?? null;
}

/** The machine that a host's own programs have; null for hosts that the model does not know. */
const NATIVE: Readonly<Record<string, { machine: number; class: 1 | 2; bigEndian: boolean; checksClass: boolean }>> = {
  amd64: { machine: 62, class: 2, bigEndian: false, checksClass: false },
  arm64: { machine: 183, class: 2, bigEndian: false, checksClass: false },
  ppc64le: { machine: 21, class: 2, bigEndian: false, checksClass: false },
  s390x: { machine: 22, class: 2, bigEndian: true, checksClass: true },
  riscv64: { machine: 243, class: 2, bigEndian: false, checksClass: true },
  loong64: { machine: 258, class: 2, bigEndian: false, checksClass: true },
  '386': { machine: 3, class: 1, bigEndian: false, checksClass: false },
  arm: { machine: 40, class: 1, bigEndian: false, checksClass: false },
};

/** How a host's kernel reads an ELF file. */
export interface ElfPersonality {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
}

/**
 * As which of its personalities a host takes an ELF header: its own, or 32-bit of the same family; null when it takes it as
 * neither (elf_check_arch and compat_elf_check_arch in arch/*\/include/asm/elf.h). Fields are read in the host's byte order.
 */
export function personalityFor(
  host: KernelHost,
  machine: number,
  ident: { class: number; flags: number },
): ElfPersonality | null {
  const native = NATIVE[host.arch];
  if (!native) return null;
  const { bigEndian } = native;
  const machines = host.arch === '386' ? [3, 6] : host.arch === 's390x' ? [22, 0xa390] : [native.machine];
  if (machines.includes(machine) && (!native.checksClass || ident.class === native.class)) {
    return { bits: native.class === 2 ? 64 : 32, bigEndian };
  }
  if (host.compat32 === false) return null;
  const compat =
    (host.arch === 'amd64' && (machine === 3 || machine === 6)) ||
    (host.arch === 'arm64' && machine === 40 && (ident.flags & 0xff000000) !== 0) ||
    (host.arch === 's390x' && (machine === 22 || machine === 0xa390) && ident.class === 1);
  return compat ? { bits: 32, bigEndian } : null;
}

/** Whether a host's kernel reads multi-byte fields with the highest byte first. */
export function isBigEndianHost(arch: string): boolean {
  return NATIVE[arch]?.bigEndian ?? false;
}
