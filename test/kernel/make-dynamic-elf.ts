/** A symbol that the object defines; with `version` null it has none. `hidden`: not the default of its name. */
export interface Definition {
  readonly name: string;
  readonly version?: string | null;
  readonly hidden?: boolean;
  readonly weak?: boolean;
  readonly type?: number;
}

/** A symbol that the object wants, through a data or a jump-slot relocation. */
export interface Want {
  readonly name: string;
  readonly version?: { readonly file: string; readonly name: string };
  readonly weak?: boolean;
  readonly lazy?: boolean;
}

export interface DynamicRecipe {
  readonly type?: number;
  readonly machine?: number;
  readonly osabi?: number;
  readonly interp?: string;
  readonly needed?: readonly string[];
  readonly auxiliary?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly bindNow?: boolean;
  readonly flags1?: number;
  readonly hash?: 'gnu' | 'sysv';
  readonly defines?: readonly Definition[];
  readonly wants?: readonly Want[];
  /** Versions that the object defines besides its base; any of them gives it DT_VERDEF. */
  readonly versions?: readonly string[];
  readonly needsVersions?: readonly { readonly file: string; readonly name: string; readonly weak?: boolean }[];
  /** The n of x86-64-vn in a GNU property. */
  readonly isaLevel?: number;
  readonly withoutPhdr?: boolean;
  readonly withoutDynamic?: boolean;
}

const PAGE = 0x1000;
/** exit(0), and the relocations for data and for calls, by machine. */
const MACHINES: Readonly<Record<number, { code: readonly number[]; data: number; call: number }>> = {
  62: { code: [0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05], data: 1, call: 7 },
  183: { code: [0, 0, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 1, 0, 0, 0xd4], data: 257, call: 1026 },
};
const X86_64 = { code: [0xf4], data: 1, call: 7 };

/** Bytes that grow, with numbers written little-endian. */
class Out {
  readonly bytes: number[] = [];
  align(to: number): number {
    while (this.bytes.length % to !== 0) this.bytes.push(0);
    return this.bytes.length;
  }
  number(value: number | bigint, size: number): this {
    for (let i = 0; i < size; i += 1) this.bytes.push(Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
    return this;
  }
  all(...values: [value: number | bigint, size: number][]): this {
    for (const [value, size] of values) this.number(value, size);
    return this;
  }
}

class Strings {
  readonly bytes: number[] = [0];
  readonly #known = new Map<string, number>([['', 0]]);
  at(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const at = this.bytes.length;
    this.#known.set(text, at);
    this.bytes.push(...new TextEncoder().encode(text), 0);
    return at;
  }
}

const gnuHash = (name: string) =>
  [...new TextEncoder().encode(name)].reduce((h, c) => (Math.imul(h, 33) + c) >>> 0, 5381);

function sysvHash(name: string): number {
  let h = 0;
  for (const c of new TextEncoder().encode(name)) {
    h = ((h << 4) + c) >>> 0;
    h ^= (h >>> 24) & 0xf0;
    h &= 0x0fffffff;
  }
  return h;
}

/** The indexes that symbols refer to versions by: 1 the base, then those defined, then those needed. */
function versionIndexes(recipe: DynamicRecipe) {
  const defined = recipe.versions ?? [];
  const needed = [...(recipe.needsVersions ?? [])];
  for (const { version } of recipe.wants ?? []) {
    if (version && !needed.some((each) => each.file === version.file && each.name === version.name))
      needed.push(version);
  }
  const first = defined.length > 0 ? defined.length + 2 : 2;
  return { defined, needed: needed.map((each, i) => ({ ...each, index: first + i })) };
}

function writeVerneed(out: Out, strings: Strings, needed: ReturnType<typeof versionIndexes>['needed']): void {
  const files = [...new Set(needed.map((each) => each.file))];
  files.forEach((file, f) => {
    const of = needed.filter((each) => each.file === file);
    const size = 16 + of.length * 16;
    out.all([1, 2], [of.length, 2], [strings.at(file), 4], [16, 4], [f + 1 < files.length ? size : 0, 4]);
    of.forEach(({ name, weak, index }, i) => {
      out.all(
        [sysvHash(name), 4],
        [weak ? 2 : 0, 2],
        [index, 2],
        [strings.at(name), 4],
        [i + 1 < of.length ? 16 : 0, 4],
      );
    });
  });
}

function writeVerdef(out: Out, strings: Strings, names: readonly string[]): void {
  names.forEach((name, i) => {
    const next = i + 1 < names.length ? 28 : 0;
    out.all([1, 2], [i === 0 ? 1 : 0, 2], [i + 1, 2], [1, 2], [sysvHash(name), 4], [20, 4], [next, 4]);
    out.all([strings.at(name), 4], [0, 4]);
  });
}

function writeGnuHash(out: Out, first: number, names: readonly string[]): void {
  const bloom = names.reduce((word, name) => {
    const hash = gnuHash(name);
    return word | (1n << BigInt(hash % 64)) | (1n << BigInt((hash >>> 5) % 64));
  }, 0n);
  out.all([1, 4], [first, 4], [1, 4], [5, 4], [bloom, 8], [names.length > 0 ? first : 0, 4]);
  names.forEach((name, i) => {
    const last = i + 1 === names.length ? 1 : 0;
    out.number(((gnuHash(name) & ~1) | last) >>> 0, 4);
  });
}

/** One bucket, all symbols in one chain. */
function writeSysvHash(out: Out, count: number): void {
  out.all([1, 4], [count, 4], [count > 1 ? 1 : 0, 4]);
  for (let i = 0; i < count; i += 1) out.number(i > 0 && i + 1 < count ? i + 1 : 0, 4);
}

interface Header {
  readonly type: number;
  readonly flags: number;
  readonly at: number;
  readonly size: number;
  readonly align: number;
}

/**
 * Makes a 64-bit little-endian program or library, for x86-64 unless it says otherwise, with a dynamic section; with an empty recipe a library that needs and has nothing.
 * A program exits with 0 as soon as its loader lets it.
 */
export function makeDynamicElf(recipe: DynamicRecipe = {}): Uint8Array {
  const base = recipe.type === 2 ? 0x400000 : 0;
  const { defines = [], wants = [], machine = 62 } = recipe;
  const { code, data, call } = MACHINES[machine] ?? X86_64;
  const { defined, needed } = versionIndexes(recipe);
  const strings = new Strings();
  const tags: [tag: number, value: number][] = [];
  const add = (tag: number, value: number) => void tags.push([tag, value]);
  for (const name of recipe.auxiliary ?? []) add(0x7ffffffd, strings.at(name));
  for (const name of recipe.needed ?? []) add(1, strings.at(name));
  if (recipe.soname !== undefined) add(14, strings.at(recipe.soname));
  if (recipe.rpath !== undefined) add(15, strings.at(recipe.rpath));
  if (recipe.runpath !== undefined) add(29, strings.at(recipe.runpath));
  for (const { name } of [...wants, ...defines]) strings.at(name);

  const out = new Out();
  out.bytes.length = 64 + 7 * 56;
  out.bytes.fill(0);
  const interpAt = out.bytes.length;
  if (recipe.interp !== undefined) out.bytes.push(...new TextEncoder().encode(recipe.interp), 0);
  const interpSize = out.bytes.length - interpAt;
  const propertyAt = out.align(8);
  if (recipe.isaLevel !== undefined) {
    out.all([4, 4], [16, 4], [5, 4], [0x554e47, 4], [0xc0008002, 4], [4, 4], [1 << (recipe.isaLevel - 1), 4], [0, 4]);
  }
  const propertySize = out.bytes.length - propertyAt;

  const codeAt = out.align(16);
  out.bytes.push(...code);
  add(6, base + out.align(8));
  out.number(0n, 8).number(0n, 8).number(0n, 8);
  for (const want of wants) {
    out.all(
      [strings.at(want.name), 4],
      [((want.weak ? 2 : 1) << 4) | (want.lazy ? 2 : 0), 1],
      [0, 1],
      [0, 2],
      [0, 8],
      [0, 8],
    );
  }
  for (const each of defines) {
    const info = ((each.weak ? 2 : 1) << 4) | (each.type ?? 2);
    out.all([strings.at(each.name), 4], [info, 1], [0, 1], [1, 2], [base + codeAt, 8], [8, 8]);
  }
  add(11, 24);
  const hashAt = base + out.align(8);
  if (recipe.hash === 'sysv') {
    add(4, hashAt);
    writeSysvHash(out, 1 + wants.length + defines.length);
  } else {
    add(0x6ffffef5, hashAt);
    writeGnuHash(
      out,
      1 + wants.length,
      defines.map((each) => each.name),
    );
  }
  if (defined.length > 0 || needed.length > 0) {
    add(0x6ffffff0, base + out.align(2));
    out.number(0, 2);
    for (const { version } of wants) {
      const found = version && needed.find((each) => each.file === version.file && each.name === version.name);
      out.number(found?.index ?? (defined.length > 0 ? 1 : 0), 2);
    }
    for (const { version, hidden } of defines) {
      const index = version ? defined.indexOf(version) + 2 : 1;
      out.number(index | (hidden ? 0x8000 : 0), 2);
    }
  }
  if (needed.length > 0) {
    add(0x6ffffffe, base + out.align(8));
    writeVerneed(out, strings, needed);
    add(0x6fffffff, new Set(needed.map((each) => each.file)).size);
  }
  if (defined.length > 0) {
    add(0x6ffffffc, base + out.align(8));
    writeVerdef(out, strings, [recipe.soname ?? 'base', ...defined]);
    add(0x6ffffffd, defined.length + 1);
  }
  const tables = [false, true].map((lazy) => ({
    lazy,
    at: 0,
    count: wants.filter((each) => !!each.lazy === lazy).length,
  }));
  const fixed = out.align(8) + wants.length * 24;
  const stringsSpace = strings.bytes.length;
  const dataAt = Math.ceil((fixed + stringsSpace) / PAGE) * PAGE;
  const dynamicSize = (tags.length + 14) * 16;
  const slots = dataAt + dynamicSize;
  for (const table of tables) {
    table.at = out.bytes.length;
    wants.forEach((want, i) => {
      if (!!want.lazy !== table.lazy) return;
      const type = want.lazy ? call : data;
      out.all([base + slots + (3 + i) * 8, 8], [(BigInt(i + 1) << 32n) | BigInt(type), 8], [0, 8]);
    });
  }
  const [plain, lazy] = tables as [(typeof tables)[0], (typeof tables)[0]];
  if (plain.count > 0) tags.push([7, base + plain.at], [8, plain.count * 24], [9, 24]);
  if (lazy.count > 0) tags.push([23, base + lazy.at], [2, lazy.count * 24], [20, 7], [3, base + slots]);
  if (recipe.bindNow) add(24, 0);
  if (recipe.flags1 !== undefined) add(0x6ffffffb, recipe.flags1);
  add(5, base + out.bytes.length);
  add(10, strings.bytes.length);
  out.bytes.push(...strings.bytes);
  const textSize = out.bytes.length;
  out.align(PAGE);
  while (out.bytes.length < dataAt) out.bytes.push(0);
  for (const [tag, value] of tags) out.all([tag, 8], [value, 8]);
  while (out.bytes.length < slots + (4 + wants.length) * 8) out.bytes.push(0);
  const dataSize = out.bytes.length - dataAt;

  const headers: Header[] = [];
  if (recipe.interp !== undefined && !recipe.withoutPhdr)
    headers.push({ type: 6, flags: 4, at: 64, size: 7 * 56, align: 8 });
  if (recipe.interp !== undefined) headers.push({ type: 3, flags: 4, at: interpAt, size: interpSize, align: 1 });
  headers.push({ type: 1, flags: 5, at: 0, size: textSize, align: PAGE });
  headers.push({ type: 1, flags: 6, at: dataAt, size: dataSize, align: PAGE });
  if (!recipe.withoutDynamic) headers.push({ type: 2, flags: 6, at: dataAt, size: dynamicSize, align: 8 });
  if (propertySize > 0) headers.push({ type: 4, flags: 4, at: propertyAt, size: propertySize, align: 8 });
  headers.push({ type: 0x6474e551, flags: 6, at: 0, size: 0, align: 16 });

  const head = new Out();
  head.all([0x464c457f, 4], [2, 1], [1, 1], [1, 1], [recipe.osabi ?? 0, 1], [0, 8]);
  head.all([recipe.type ?? 3, 2], [machine, 2], [1, 4], [base + codeAt, 8], [64, 8], [0, 8], [0, 4]);
  head.all([64, 2], [56, 2], [headers.length, 2], [64, 2], [0, 2], [0, 2]);
  for (const { type, flags, at, size, align } of headers) {
    const address = type === 0x6474e551 ? 0 : base + at;
    head.all([type, 4], [flags, 4], [at, 8], [address, 8], [address, 8], [size, 8], [size, 8], [align, 8]);
  }
  const bytes = Uint8Array.from(out.bytes);
  bytes.set(head.bytes);
  return bytes;
}
