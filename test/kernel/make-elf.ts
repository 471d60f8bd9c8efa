/** One program header of a made file; what is left out has the usual value. */
export interface Segment {
  readonly type?: number;
  readonly flags?: number;
  readonly offset?: bigint;
  readonly vaddr?: bigint;
  readonly filesz?: bigint;
  readonly memsz?: bigint;
  readonly align?: bigint;
}

export interface ElfRecipe {
  readonly bits?: 32 | 64;
  readonly little?: boolean;
  readonly elfClass?: number;
  readonly data?: number;
  readonly version?: number;
  readonly osabi?: number;
  readonly type?: number;
  readonly machine?: number;
  readonly flags?: number;
  readonly entry?: bigint;
  readonly phoff?: bigint;
  readonly phentsize?: number;
  readonly phnum?: number;
  readonly segments?: readonly Segment[];
  /** The loader's name; a PT_INTERP that names it comes first. */
  readonly interp?: string;
  readonly interpSegment?: Segment;
  readonly code?: Uint8Array;
  /** Where the code stands; the file is padded up to it. */
  readonly codeAt?: number;
  /** The file is cut or zero-padded to this size. */
  readonly size?: number;
}

/** exit(0) for x86_64 and i386. */
const EXIT_X86_64 = new Uint8Array([0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05]);
const EXIT_I386 = new Uint8Array([0x31, 0xdb, 0x31, 0xc0, 0x40, 0xcd, 0x80]);

const BASE = 0x400000n;
const PAGE_OF_HEADERS = 0x400;

function writeSegment(view: DataView, at: number, bits: 32 | 64, little: boolean, segment: Required<Segment>): void {
  const u32 = (offset: number, value: bigint | number) => view.setUint32(at + offset, Number(value), little);
  const u64 = (offset: number, value: bigint) => view.setBigUint64(at + offset, value, little);
  u32(0, segment.type);
  if (bits === 32) {
    u32(4, segment.offset);
    u32(8, segment.vaddr);
    u32(12, segment.vaddr);
    u32(16, segment.filesz);
    u32(20, segment.memsz);
    u32(24, segment.flags);
    u32(28, segment.align);
    return;
  }
  u32(4, segment.flags);
  u64(8, segment.offset);
  u64(16, segment.vaddr);
  u64(24, segment.vaddr);
  u64(32, segment.filesz);
  u64(40, segment.memsz);
  u64(48, segment.align);
}

function writeHeader(bytes: Uint8Array, recipe: ElfRecipe, codeAt: number, count: number): void {
  const { bits = 64, little = true, type = 2 } = recipe;
  const view = new DataView(bytes.buffer);
  const wide = bits === 64;
  bytes.set([0x7f, 0x45, 0x4c, 0x46, recipe.elfClass ?? (wide ? 2 : 1), recipe.data ?? (little ? 1 : 2)]);
  bytes[6] = recipe.version ?? 1;
  bytes[7] = recipe.osabi ?? 0;
  const base = type === 2 ? BASE : 0n;
  const address = (at: number, value: bigint) =>
    wide ? view.setBigUint64(at, value, little) : view.setUint32(at, Number(value), little);
  view.setUint16(16, type, little);
  view.setUint16(18, recipe.machine ?? (wide ? 62 : 3), little);
  view.setUint32(20, 1, little);
  address(24, recipe.entry ?? base + BigInt(codeAt));
  address(wide ? 32 : 28, recipe.phoff ?? (wide ? 64n : 52n));
  view.setUint32(wide ? 48 : 36, recipe.flags ?? 0, little);
  view.setUint16(wide ? 52 : 40, wide ? 64 : 52, little);
  view.setUint16(wide ? 54 : 42, recipe.phentsize ?? (wide ? 56 : 32), little);
  view.setUint16(wide ? 56 : 44, recipe.phnum ?? count, little);
}

/** Makes an ELF file; with an empty recipe a static x86_64 program that exits with 0. */
export function makeElf(recipe: ElfRecipe = {}): Uint8Array {
  const { bits = 64, little = true, type = 2, interp } = recipe;
  const codeAt = recipe.codeAt ?? PAGE_OF_HEADERS;
  const code = recipe.code ?? (bits === 64 ? EXIT_X86_64 : EXIT_I386);
  const name = interp === undefined ? new Uint8Array() : new TextEncoder().encode(`${interp}\0`);
  const whole = codeAt + code.length + name.length;
  const usual: Required<Segment> = {
    type: 1,
    flags: 5,
    offset: 0n,
    vaddr: type === 2 ? BASE : 0n,
    filesz: BigInt(whole),
    memsz: BigInt(whole),
    align: 0x1000n,
  };
  const naming = { type: 3, flags: 4, offset: BigInt(codeAt + code.length), filesz: BigInt(name.length) };
  const segments = [
    ...(interp === undefined ? [] : [{ ...naming, ...recipe.interpSegment }]),
    ...(recipe.segments ?? [{}]),
  ];
  const headers = bits === 64 ? 64 : 52;
  const each = bits === 64 ? 56 : 32;
  const bytes = new Uint8Array(Math.max(whole, headers + each * segments.length));
  writeHeader(bytes, recipe, codeAt, segments.length);
  const view = new DataView(bytes.buffer);
  segments.forEach((segment, i) => {
    const memsz = segment.memsz ?? segment.filesz ?? usual.memsz;
    writeSegment(view, headers + i * each, bits, little, { ...usual, ...segment, memsz });
  });
  bytes.set(code, codeAt);
  bytes.set(name, codeAt + code.length);
  const sized = new Uint8Array(recipe.size ?? bytes.length);
  sized.set(bytes.subarray(0, sized.length));
  return sized;
}
