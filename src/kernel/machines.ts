import { claimedLayout, type ElfLayout, isElf, machineOf } from './elf.ts';

/** e_machine numbers (gABI registry) with file(1)'s name. */
const NAMES: Readonly<Record<number, string>> = {
  2: 'SPARC',
  3: 'Intel i386',
  4: 'Motorola m68k',
  6: 'Intel i486',
  8: 'MIPS',
  15: 'PA-RISC',
  20: 'PowerPC or cisco 4500',
  21: '64-bit PowerPC or cisco 7500',
  22: 'IBM S/390',
  40: 'ARM',
  42: 'Renesas SH',
  43: 'SPARC V9',
  50: 'IA-64',
  62: 'x86-64',
  183: 'ARM aarch64',
  188: 'Tilera TILEPro',
  189: 'Xilinx MicroBlaze 32-bit RISC',
  191: 'Tilera TILE-Gx',
  224: 'AMD GPU',
  243: 'UCB RISC-V',
  247: 'eBPF',
  252: 'C-SKY',
  258: 'LoongArch',
  36902: 'Alpha',
  41872: 'IBM S/390 (obsolete)',
};

/** GOARCH by e_machine: [32-bit LE, 32-bit BE, 64-bit LE, 64-bit BE]; null where Go and the OCI have no name of their own. */
const GOARCH: Readonly<Record<number, readonly (string | null)[]>> = {
  3: ['386', null, '386', null],
  6: ['386', null, '386', null],
  8: ['mipsle', 'mips', 'mips64le', 'mips64'],
  2: [null, 'sparc', null, 'sparc64'],
  20: [null, 'ppc', null, null],
  21: [null, null, 'ppc64le', 'ppc64'],
  22: [null, 's390', null, 's390x'],
  40: ['arm', 'armbe', 'arm', 'armbe'],
  43: [null, null, null, 'sparc64'],
  62: ['amd64p32', null, 'amd64', null],
  183: [null, null, 'arm64', 'arm64be'],
  243: ['riscv', null, 'riscv64', null],
  258: [null, null, 'loong64', null],
  41872: [null, 's390', null, 's390x'],
};

/** The machine as file(1) calls it. */
export function machineName(machine: number): string {
  return NAMES[machine] ?? `unknown arch 0x${machine.toString(16)}`;
}

/** The GOARCH that an ELF file is for, by what it says of itself; null when it is none or has no such name. */
export function architectureOfElf(head: Uint8Array): string | null {
  if (!isElf(head) || head.length < 20) return null;
  const { bits, little } = claimedLayout(head);
  return GOARCH[machineOf(head, little)]?.[(bits === 64 ? 2 : 0) + (little ? 0 : 1)] ?? null;
}

/** One of a kernel's ELF loaders: its layout and which machines it takes (arch/…/include/asm/elf.h, elf_check_arch). */
export interface ElfHandler extends ElfLayout {
  readonly machines: readonly number[];
  /** EI_CLASS that is demanded; null where the kernel does not look at it. */
  readonly elfClass: 1 | 2 | null;
  /** Bits of e_flags of which one at least must be set; 0 for none. */
  readonly neededFlags: number;
  /** Whether 32-bit programs on a 64-bit kernel go through this one. */
  readonly compat: boolean;
  /** Bits of user addresses where it is not the host's `vaBits`; null for the host's. */
  readonly taskSize: bigint | null;
}

const ARM_EABI = 0xff000000;
const native = (machines: readonly number[], little = true, elfClass: 1 | 2 | null = null): ElfHandler => ({
  bits: 64,
  little,
  machines,
  elfClass,
  neededFlags: 0,
  compat: false,
  taskSize: null,
});
const narrow = (machines: readonly number[], taskSize: bigint, more: Partial<ElfHandler> = {}): ElfHandler => ({
  ...native(machines),
  bits: 32,
  compat: true,
  taskSize,
  ...more,
});

const I386 = narrow([3, 6], 0xffffe000n);
const ARM = narrow([40], 0x100000000n, { neededFlags: ARM_EABI });
const own = (handler: ElfHandler): ElfHandler => ({ ...handler, compat: false });
const mips = (little: boolean) => narrow([8], 0x7fff8000n, { little, elfClass: 1 });

/** By the host's GOARCH: its own loader, then the 32-bit one. */
const HANDLERS: Readonly<Record<string, readonly ElfHandler[]>> = {
  amd64: [native([62]), I386],
  arm64: [native([183]), ARM],
  '386': [own({ ...I386, taskSize: 0xc0000000n })],
  arm: [own({ ...ARM, taskSize: 0xbf000000n })],
  s390x: [native([22, 0xa390], false, 2), narrow([22, 0xa390], 0x80000000n, { little: false, elfClass: 1 })],
  riscv64: [native([243], true, 2), narrow([243], 0x80000000n, { elfClass: 1 })],
  ppc64le: [native([21])],
  ppc64: [native([21], false), narrow([20], 0x100000000n, { little: false })],
  loong64: [native([258])],
  mips64le: [native([8], true, 2), mips(true)],
  mips64: [native([8], false, 2), mips(false)],
  mipsle: [own(mips(true))],
  mips: [own(mips(false))],
};

/** Hosts whose kernels usually run 32-bit programs of the same family; elsewhere distributions leave it out. */
const USUALLY_COMPAT = ['amd64', 'arm64', 's390x', 'ppc64', 'mips64', 'mips64le'];

/** The ELF loaders of a host's kernel in their order. `compat32` null is the platform's usual. Empty for an unknown architecture. */
export function handlersOf(arch: string, compat32: boolean | null): readonly ElfHandler[] {
  const compat = compat32 ?? USUALLY_COMPAT.includes(arch);
  return (HANDLERS[arch] ?? []).filter((handler) => compat || !handler.compat);
}

/** Whether this loader takes the file's machine. `head` is zero padded to at least a header. */
export function takesMachine(handler: ElfHandler, head: Uint8Array): boolean {
  if (!handler.machines.includes(machineOf(head, handler.little))) return false;
  if (handler.elfClass !== null && head[4] !== handler.elfClass) return false;
  if (handler.neededFlags === 0) return true;
  // e_flags of a 32-bit header, top byte; little-endian, so byte 39.
  return ((handler.neededFlags >>> 24) & (head[39] ?? 0)) !== 0;
}

/** Whether a host of one architecture runs programs of another without help, both by their GOARCH names. */
export function runsArchitecture(host: string, compat32: boolean | null, program: string): boolean {
  if (host === program) return true;
  return (compat32 ?? USUALLY_COMPAT.includes(host)) && COMPATIBLE[host] === program;
}

/** The 32-bit architecture that a 64-bit one may run. */
const COMPATIBLE: Readonly<Record<string, string>> = {
  amd64: '386',
  arm64: 'arm',
  s390x: 's390',
  ppc64: 'ppc',
  mips64: 'mips',
  mips64le: 'mipsle',
};
