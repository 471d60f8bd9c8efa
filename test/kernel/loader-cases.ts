import { type DynamicRecipe, makeDynamicElf } from './make-dynamic-elf.ts';
import { makeElf } from './make-elf.ts';

/** A loader that programs are started by, and where it looks without being told. */
export interface Flavour {
  readonly id: string;
  readonly libc: 'glibc' | 'musl';
  readonly interp: string;
  /** e_machine: 62 or 183. */
  readonly machine: number;
  readonly directories: readonly string[];
}

export type Entry =
  | { readonly file: Uint8Array; readonly mode?: number }
  | { readonly link: string }
  | { readonly directory: true };

export interface LoaderCase {
  readonly id: string;
  readonly nodes: Readonly<Record<string, Entry>>;
  readonly name: string;
  readonly uid: number;
  /** How the cache is made of the tree, if at all: `ldconfig -c`. */
  readonly cache?: 'old' | 'new' | 'compat';
  /** Removed after the cache was made. */
  readonly stale?: readonly string[];
}

/** A small generator of numbers: the same seed gives the same cases (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }
  some<T>(of: readonly T[], percent: number): T[] {
    return of.filter(() => this.chance(percent));
  }
}

const ELSEWHERE = ['/opt/lib', '/app/lib', '/lib64', '/usr/local/lib', '/srv/deep/er', '/cwd'];
const TEXT = new TextEncoder().encode(
  'this is no library, but text that is long enough to hold an ELF header\n'.repeat(4),
);

/** Makes an ELF file for the flavour's machine. */
const makeFor = ({ machine }: Flavour, recipe: DynamicRecipe) => makeDynamicElf({ machine, ...recipe });

const file = (bytes: Uint8Array, mode?: number): Entry =>
  mode === undefined ? { file: bytes } : { file: bytes, mode };

function runPath(dice: Dice, flavour: Flavour, odd: boolean): string {
  const usual = [
    ...ELSEWHERE,
    ...flavour.directories,
    '$ORIGIN',
    '\u0024{ORIGIN}/../lib',
    '$ORIGIN/lib',
    '/missing',
    '/bin/app',
  ];
  const more = [
    '',
    '.',
    'cwd',
    '$LIB',
    '/$LIB',
    '$ORIGINAL',
    '/opt/$PLATFORM',
    '/opt/lib///',
    '/opt/../opt/lib',
    '$$ORIGIN',
  ];
  const from = odd ? [...usual, ...more] : usual;
  return Array.from({ length: 1 + dice.below(4) }, () => dice.pick(from)).join(':');
}

/** Where a library may be put: where the loader looks anyway, or where only a run path leads. */
const somewhere = (dice: Dice, flavour: Flavour) =>
  dice.pick([...flavour.directories, ...flavour.directories, ...ELSEWHERE]);

function searchPaths(dice: Dice, flavour: Flavour, odd: boolean): Pick<DynamicRecipe, 'rpath' | 'runpath'> {
  return {
    ...(dice.chance(35) ? { rpath: runPath(dice, flavour, odd) } : {}),
    ...(dice.chance(25) ? { runpath: runPath(dice, flavour, odd) } : {}),
  };
}

/** A program and some libraries that need each other, put here and there, or nowhere. */
function graph(dice: Dice, flavour: Flavour, i: number): LoaderCase {
  const odd = i % 3 === 0;
  const count = 1 + dice.below(5);
  const names = Array.from({ length: count }, (_, n) => `liba${n}.so.${1 + dice.below(3)}`);
  const nodes: Record<string, Entry> = { '/cwd': { directory: true } };
  const program = dice.pick(['/app/bin/app', '/app/app', '/app', '/usr/bin/app']);
  const slashed = (name: string) =>
    dice.chance(6) ? dice.pick([`/opt/lib/${name}`, `opt/lib/${name}`, `$ORIGIN/${name}`]) : name;
  names.forEach((name, n) => {
    const soname = dice.chance(70) ? name : dice.chance(50) ? dice.pick(names) : undefined;
    const recipe: DynamicRecipe = {
      needed: dice.some(names.slice(n + 1).concat(dice.chance(15) ? names.slice(0, n) : []), 45).map(slashed),
      ...(soname ? { soname } : {}),
      ...searchPaths(dice, flavour, odd),
      hash: dice.chance(50) ? 'gnu' : 'sysv',
    };
    for (let copies = dice.chance(92) ? 1 + dice.below(2) : 0; copies > 0; copies -= 1) {
      const at = `${somewhere(dice, flavour)}/${name}`;
      if (program === '/app' && at.startsWith('/app/')) continue;
      if (dice.chance(12)) {
        nodes[`/store/${name}`] = file(makeFor(flavour, recipe));
        nodes[at] = { link: dice.chance(80) ? `/store/${name}` : dice.pick(['/nowhere', name, '/store/../store/x']) };
      } else nodes[at] = file(makeFor(flavour, recipe));
    }
  });
  const needed = [names[0] ?? '', ...dice.some(names.slice(1), 40)].map(slashed);
  const type = dice.pick([2, 3]);
  nodes[program] = file(makeFor(flavour, { type, interp: flavour.interp, needed, ...searchPaths(dice, flavour, odd) }));
  return { id: `${flavour.id} graph ${i}`, nodes, name: program, uid: dice.chance(10) ? 1000 : 0 };
}

function mutate(dice: Dice, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const where = dice.chance(70) ? 64 : 64 + 7 * 56;
  for (let n = 1 + dice.below(2); n > 0; n -= 1) {
    const at = dice.below(where);
    copy[at] = dice.chance(50) ? dice.below(256) : (copy[at] ?? 0) ^ (1 << dice.below(8));
  }
  return copy;
}

/** Files that are no library for this loader. */
function badFile(dice: Dice, flavour: Flavour, good: DynamicRecipe): Entry {
  const bytes = makeFor(flavour, good);
  const kinds: (() => Entry)[] = [
    () => file(new Uint8Array()),
    () => file(TEXT.subarray(0, dice.below(64))),
    () => file(TEXT),
    () => file(makeFor(flavour, { ...good, machine: dice.pick([flavour.machine === 183 ? 62 : 183, 243, 3]) })),
    () => file(makeElf({ bits: 32, machine: 3, type: 3 })),
    () => file(makeFor(flavour, { ...good, type: dice.pick([1, 2, 4]) })),
    () => file(makeFor(flavour, { ...good, flags1: 0x08000000 })),
    () => file(makeFor(flavour, { ...good, withoutDynamic: true })),
    () => file(makeElf({ type: 3 })),
    () => file(makeFor(flavour, { ...good, osabi: dice.pick([3, 9]) })),
    () => file(bytes.subarray(0, dice.below(64 + 7 * 56))),
    () => file(bytes.subarray(0, dice.below(bytes.length))),
    () => file(mutate(dice, bytes)),
    () => file(mutate(dice, bytes)),
    () => file(mutate(dice, bytes)),
    () => ({ directory: true }),
    () => file(bytes, 0),
    () => file(bytes, 0o644),
    () => ({ link: '/missing' }),
    () => ({ link: 'libbad.so' }),
    () => ({ link: '/bin/app/x' }),
  ];
  return dice.pick(kinds)();
}

/** A bad file first, and perhaps a good one further on. */
function bad(dice: Dice, flavour: Flavour, i: number): LoaderCase {
  const good: DynamicRecipe = { soname: 'libbad.so' };
  const [first, second] = [flavour.directories[0] ?? '', flavour.directories[1] ?? ''];
  const at = dice.pick([first, first, '/opt/lib']);
  const nodes: Record<string, Entry> = { [`${at}/libbad.so`]: badFile(dice, flavour, good) };
  if (dice.chance(40)) nodes[`${second}/libbad.so`] = file(makeFor(flavour, good));
  const needed = [dice.chance(10) ? `${at}/libbad.so` : 'libbad.so'];
  nodes['/bin/app'] = file(
    makeFor(flavour, { interp: flavour.interp, needed, ...(at === '/opt/lib' ? { runpath: at } : {}) }),
  );
  return { id: `${flavour.id} bad ${i}`, nodes, name: '/bin/app', uid: dice.chance(40) ? 1000 : 0 };
}

const VERSIONS = ['V_1', 'V_1.1', 'V_2', 'W_1'];
const SYMBOLS = ['alpha', 'beta', 'gamma', 'delta'];

function versioned(dice: Dice, flavour: Flavour, i: number): LoaderCase {
  const names = ['libv0.so', 'libv1.so', 'libv2.so'];
  const nodes: Record<string, Entry> = {};
  const wantsOf = (loaded: readonly string[], percent: number) =>
    dice.some(SYMBOLS, percent).map((name) => ({
      name,
      ...(dice.chance(40) && loaded.length > 0
        ? { version: { file: dice.pick(loaded), name: dice.pick(VERSIONS) } }
        : {}),
      weak: dice.chance(10),
      lazy: dice.chance(50),
    }));
  names.forEach((soname, n) => {
    const versions = dice.chance(65) ? dice.some(VERSIONS, 80) : [];
    const defines = dice.some(SYMBOLS, 70).map((name) => ({
      name,
      version: versions.length > 0 && dice.chance(70) ? dice.pick(versions) : null,
      hidden: versions.length > 0 && dice.chance(15),
      weak: dice.chance(20),
    }));
    const needed = dice.some(names.slice(n + 1), 60);
    const recipe = { soname, needed, versions, defines, wants: wantsOf(needed, 15), bindNow: dice.chance(30) };
    nodes[`${flavour.directories[0]}/${soname}`] = file(
      makeFor(flavour, { ...recipe, hash: dice.pick(['gnu', 'sysv'] as const) }),
    );
  });
  const needed = names.filter((_, n) => n < 2 || dice.chance(50));
  const needsVersions = dice.chance(30)
    ? [{ file: dice.pick(needed), name: dice.pick([...VERSIONS, 'V_9']), weak: dice.chance(30) }]
    : [];
  const recipe = {
    interp: flavour.interp,
    needed,
    needsVersions,
    wants: wantsOf(needed, 50),
    bindNow: dice.chance(50),
  };
  nodes['/bin/app'] = file(makeFor(flavour, { ...recipe, type: dice.pick([2, 3]) }));
  return { id: `${flavour.id} versioned ${i}`, nodes, name: '/bin/app', uid: 0 };
}

/** Libraries that only the cache knows, some of them gone since it was made. */
function cached(dice: Dice, flavour: Flavour, i: number): LoaderCase {
  const nodes: Record<string, Entry> = {
    '/etc/ld.so.conf': file(new TextEncoder().encode('/opt/lib\n/srv/deep/er\n')),
  };
  const names = Array.from({ length: 6 }, (_, n) => `libc${n}.so.${1 + dice.below(12)}`);
  const stale: string[] = [];
  for (const name of names) {
    const at = `${dice.pick(['/opt/lib', '/srv/deep/er', '/usr/local/lib', flavour.directories[0] ?? ''])}/${name}`;
    nodes[at] = file(makeFor(flavour, { soname: name, machine: dice.chance(10) ? 183 : flavour.machine }));
    if (dice.chance(15)) stale.push(at);
    if (dice.chance(20)) nodes[`${flavour.directories[1]}/${name}`] = file(makeFor(flavour, { soname: name }));
  }
  nodes['/bin/app'] = file(makeFor(flavour, { interp: flavour.interp, needed: dice.some(names, 60) }));
  const cache = dice.pick(['old', 'new', 'compat'] as const);
  return { id: `${flavour.id} cache ${i}`, nodes, name: '/bin/app', uid: 0, cache, stale };
}

/** What has a rule of its own in one of the loaders. */
function special(flavour: Flavour): LoaderCase[] {
  const [first = ''] = flavour.directories;
  const pathFile = `/etc/ld-musl-${flavour.machine === 183 ? 'aarch64' : 'x86_64'}.path`;
  const library = file(makeFor(flavour, { soname: 'libx.so' }));
  const app = (recipe: DynamicRecipe) => file(makeFor(flavour, { interp: flavour.interp, ...recipe }));
  const text = (content: string) => file(new TextEncoder().encode(content));
  const make = (id: string, nodes: Record<string, Entry>, more: Partial<LoaderCase> = {}): LoaderCase => ({
    id: `${flavour.id} ${id}`,
    nodes,
    name: '/bin/app',
    uid: 0,
    ...more,
  });
  const reserved = [
    'libc.so',
    'libc.so.6',
    'libm.so.6',
    'libpthread.so.0',
    'libdl.so.2',
    'librt.so.1',
    'libutil.so.1',
    'libxnet.so',
    'libcrypt.so.1',
    'libresolv.so.2',
  ];
  return [
    make('nothing needed', { '/bin/app': app({}) }),
    make('PIE without PT_PHDR', { '/bin/app': app({ withoutPhdr: true }) }),
    make('fixed without PT_PHDR', { '/bin/app': app({ type: 2, withoutPhdr: true }) }),
    make('without dynamic section', { '/bin/app': app({ withoutDynamic: true }) }),
    make('empty name', { '/bin/app': app({ needed: [''] }) }),
    make('preload missing', { '/bin/app': app({}), '/etc/ld.so.preload': text('/nowhere.so libnone.so\n') }),
    make('preload with a missing need', {
      '/bin/app': app({}),
      '/etc/ld.so.preload': text('# one\nlibp.so\n'),
      [`${first}/libp.so`]: file(makeFor(flavour, { soname: 'libp.so', needed: ['libgone.so'] })),
    }),
    make('preload defines', {
      '/bin/app': app({ wants: [{ name: 'alpha' }] }),
      '/etc/ld.so.preload': text('libp.so'),
      [`${first}/libp.so`]: file(makeFor(flavour, { soname: 'libp.so', defines: [{ name: 'alpha' }] })),
    }),
    make('auxiliary missing', {
      '/bin/app': app({ auxiliary: ['libaux.so'], needed: ['libx.so'] }),
      [`${first}/libx.so`]: library,
    }),
    make('the vdso', { '/bin/app': app({ needed: ['linux-vdso.so.1'] }) }),
    make('the loader by its name', { '/bin/app': app({ needed: [flavour.interp] }) }),
    make('the loader by its soname', { '/bin/app': app({ needed: ['ld-linux-x86-64.so.2'] }) }),
    make('no default directories', {
      '/bin/app': app({ needed: ['libx.so'], flags1: 0x800 }),
      [`${first}/libx.so`]: library,
    }),
    make('itself', { '/bin/app': app({ needed: ['app'], soname: 'app' }) }),
    make('a name of 300 bytes', { '/bin/app': app({ needed: ['l'.repeat(300)] }) }),
    make('a directory name of 300 bytes', {
      '/bin/app': app({ needed: ['libx.so'], runpath: `/${'d'.repeat(300)}` }),
      [`${first}/libx.so`]: library,
    }),
    make('a loop first', {
      '/bin/app': app({ needed: ['libx.so'], runpath: '/loop:/opt/lib' }),
      '/loop/libx.so': { link: 'libx.so' },
      '/opt/lib/libx.so': library,
    }),
    make('versions of a library that is not needed', {
      '/bin/app': app({ needed: ['libx.so'], needsVersions: [{ file: 'liby.so', name: 'V' }] }),
      [`${first}/libx.so`]: library,
    }),
    make('a path file', {
      '/bin/app': app({ needed: ['libx.so'] }),
      [pathFile]: text('/a\n/opt/lib\n'),
      '/opt/lib/libx.so': library,
    }),
    make('an empty path file', {
      '/bin/app': app({ needed: ['libx.so'] }),
      [pathFile]: text(''),
      [`${first}/libx.so`]: library,
    }),
    make(
      'a path file that may not be read',
      {
        '/bin/app': app({ needed: ['libx.so'] }),
        [pathFile]: file(TEXT, 0),
        [`${first}/libx.so`]: library,
      },
      { uid: 1000 },
    ),
    ...reserved.map((name) => make(`reserved ${name}`, { '/bin/app': app({ needed: [name] }) })),
    make('symbols of glibc', {
      '/bin/app': app({
        needed: ['libc.so.6'],
        wants: [{ name: 'gnu_get_libc_version' }, { name: 'open64' }, { name: 'printf' }],
      }),
    }),
    make('symbols of any libc', {
      '/bin/app': app({
        needed: ['libc.so.6'],
        wants: [{ name: 'open64' }, { name: 'printf', lazy: true }, { name: 'stdin' }],
      }),
    }),
    ...['GLIBC_2.2.5', 'GLIBC_2.34', 'GLIBC_2.36', 'GLIBC_2.38', 'GLIBC_2.41', 'GLIBC_2.99', 'GLIBC_PRIVATE'].map(
      (name) =>
        make(`needs ${name}`, {
          '/bin/app': app({ needed: ['libc.so.6'], needsVersions: [{ file: 'libc.so.6', name }] }),
        }),
    ),
    make('strlcpy of GLIBC_2.38', {
      '/bin/app': app({
        needed: ['libc.so.6'],
        wants: [{ name: 'strlcpy', version: { file: 'libc.so.6', name: 'GLIBC_2.38' } }],
      }),
    }),
    make('a strlcpy without version, lazily', {
      '/bin/app': app({ needed: ['libc.so.6'], wants: [{ name: 'strlcpy', lazy: true }] }),
    }),
    make('a strlcpy without version, now', {
      '/bin/app': app({ needed: ['libc.so.6'], bindNow: true, wants: [{ name: 'strlcpy', lazy: true }] }),
    }),
  ];
}

/** Every case of one loader; the same ones on every run. */
export function loaderCases(flavour: Flavour, seed: number): LoaderCase[] {
  const dice = new Dice(seed);
  const many = (count: number, one: (dice: Dice, flavour: Flavour, i: number) => LoaderCase) =>
    Array.from({ length: count }, (_, i) => one(dice, flavour, i));
  return [
    ...special(flavour),
    ...many(120, graph),
    ...many(150, bad),
    ...many(100, versioned),
    ...(flavour.libc === 'glibc' ? many(25, cached) : []),
  ];
}
