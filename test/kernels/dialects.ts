import { type ElfRecipe, makeElf } from '../kernel/make-elf.ts';

/** One kind of ELF program: what its header says, and code that ends it with status 0. */
export interface Dialect {
  readonly name: string;
  readonly bits: 32 | 64;
  readonly little: boolean;
  readonly machine: number;
  /** e_flags. */
  readonly flags: number;
  readonly code: Uint8Array;
}

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** `exit(0)` in machine code, as the assembler of each architecture makes it. */
const CODE = {
  x86_64: bytes('31ff b83c000000 0f05'),
  i386: bytes('31db 31c0 40 cd80'),
  arm64: bytes('000080d2 a80b80d2 010000d4'),
  arm: bytes('0000a0e3 0170a0e3 000000ef'),
  riscv: bytes('13050000 9308d005 73000000'),
  s390x: bytes('a7290000 0a01'),
  s390: bytes('a7280000 0a01'),
  ppcLittle: bytes('01000038 00006038 02000044'),
  ppcBig: bytes('38000001 38600000 44000002'),
};

const dialect = (
  name: string,
  bits: 32 | 64,
  little: boolean,
  machine: number,
  code: Uint8Array,
  flags = 0,
): Dialect => ({
  name,
  bits,
  little,
  machine,
  flags,
  code,
});

const X86_64 = dialect('x86_64', 64, true, 62, CODE.x86_64);
const I386 = dialect('i386', 32, true, 3, CODE.i386);
const X32 = dialect('x32', 32, true, 62, CODE.x86_64);
const ARM64 = dialect('arm64', 64, true, 183, CODE.arm64);
const ARM = dialect('arm', 32, true, 40, CODE.arm, 0x05000400);
const OABI = dialect('arm without EABI', 32, true, 40, CODE.arm);
const RISCV64 = dialect('riscv64', 64, true, 243, CODE.riscv);
const RISCV32 = dialect('riscv32', 32, true, 243, CODE.riscv);
const S390X = dialect('s390x', 64, false, 22, CODE.s390x);
const S390 = dialect('s390', 32, false, 22, CODE.s390);
const PPC64LE = dialect('ppc64le', 64, true, 21, CODE.ppcLittle, 2);
const PPC64 = dialect('ppc64', 64, false, 21, CODE.ppcBig, 1);
const PPC = dialect('ppc', 32, false, 20, CODE.ppcBig);

/** By GOARCH: the machine's own programs first, then those that its kernel may run besides them. */
export const DIALECTS: Readonly<Record<string, readonly [Dialect, ...Dialect[]]>> = {
  amd64: [X86_64, I386, X32],
  arm64: [ARM64, ARM, OABI],
  arm: [ARM, OABI, ARM64],
  riscv64: [RISCV64, RISCV32, ARM64],
  s390x: [S390X, S390, PPC64],
  ppc64le: [PPC64LE, PPC64, PPC],
};

/** Makes a program of this kind; with an empty recipe one that exits with 0. */
export function elfOf(kind: Dialect, recipe: ElfRecipe = {}): Uint8Array {
  const { bits, little, machine, flags, code } = kind;
  return makeElf({ bits, little, machine, flags, code, ...recipe });
}
