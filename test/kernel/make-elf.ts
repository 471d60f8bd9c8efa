/** Fields of a little ELF64 file; what is not given makes a static program that exits with 0 on x86-64. */
export interface ElfFields {
  readonly machine?: number;
  readonly class?: number;
  readonly data?: number;
  readonly type?: number;
  readonly phentsize?: number;
  readonly phnum?: number;
  readonly phoff?: number;
  readonly entry?: bigint;
  readonly interp?: string;
  /** Of the PT_LOAD segment. */
  readonly vaddr?: bigint;
  readonly offset?: bigint;
  readonly filesz?: bigint;
  readonly memsz?: bigint;
  readonly flags?: number;
}

const BASE = 0x400000n;
/** mov $60,%eax; xor %edi,%edi; syscall */
const EXIT_0 = Buffer.from('b83c00000031ff0f05', 'hex');

/** An ELF64 file with one PT_LOAD that covers all of it, and a PT_INTERP when there is an interpreter. */
export function makeElf(fields: ElfFields = {}): Buffer {
  const count = fields.interp === undefined ? 1 : 2;
  const code = 64 + 56 * count;
  const interp = fields.interp === undefined ? Buffer.alloc(0) : Buffer.from(`${fields.interp}\0`);
  const size = BigInt(code + EXIT_0.length + interp.length);
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 'latin1');
  head.set([fields.class ?? 2, fields.data ?? 1, 1], 4);
  head.writeUInt16LE(fields.type ?? 2, 16);
  head.writeUInt16LE(fields.machine ?? 62, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(fields.entry ?? BASE + BigInt(code), 24);
  head.writeBigUInt64LE(BigInt(fields.phoff ?? 64), 32);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(fields.phentsize ?? 56, 54);
  head.writeUInt16LE(fields.phnum ?? count, 56);
  const load = programHeader(
    1,
    fields.flags ?? 5,
    fields.offset ?? 0n,
    fields.vaddr ?? BASE,
    fields.filesz ?? size,
    fields.memsz ?? size,
    0x1000n,
  );
  const at = BigInt(code + EXIT_0.length);
  const name = programHeader(3, 4, at, BASE + at, BigInt(interp.length), BigInt(interp.length), 1n);
  return Buffer.concat([head, ...(count === 2 ? [name] : []), load, EXIT_0, interp]);
}

function programHeader(
  type: number,
  flags: number,
  offset: bigint,
  vaddr: bigint,
  filesz: bigint,
  memsz: bigint,
  align: bigint,
): Buffer {
  const header = Buffer.alloc(56);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(flags, 4);
  for (const [index, value] of [offset, vaddr, vaddr, filesz, memsz, align].entries()) {
    header.writeBigUInt64LE(BigInt.asUintN(64, value), 8 + 8 * index);
  }
  return header;
}
