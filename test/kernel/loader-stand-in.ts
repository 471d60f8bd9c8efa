import { makeElf } from './make-elf.ts';

/** What a loader's own bytes say of it, as far as the model reads them. */
export interface LoaderText {
  readonly strings: readonly string[];
}

const GLIBC = [
  '/lib/x86_64-linux-gnu/',
  '/usr/lib/x86_64-linux-gnu/',
  '/lib/',
  '/usr/lib/',
  'lib/x86_64-linux-gnu',
  '/etc/ld.so.cache',
  'glibc-ld.so.cache1.1',
  '/etc/ld.so.preload',
  'ld.so (Stand-in) stable release version 2.36.',
];
const MUSL = ['/lib:/usr/local/lib:/usr/lib', '%.*s/etc/ld-musl-x86_64.path', 'c.pthread.rt.m.dl.util.xnet.'];

function withStrings(strings: readonly string[]): Uint8Array {
  const text = new TextEncoder().encode(`\0${strings.join('\0')}\0`);
  const size = 0x2000 + text.length;
  const segments = [
    {},
    { flags: 4, offset: 0x2000n, vaddr: 0x2000n, filesz: BigInt(text.length) },
    { type: 2, flags: 4, offset: 0x1000n, vaddr: 0x1000n, filesz: 0x10n },
    { flags: 6, offset: 0x1000n, vaddr: 0x1000n, filesz: 0x100n },
  ];
  const bytes = makeElf({ type: 3, segments, size });
  bytes.set(text, 0x2000);
  return bytes;
}

/** A file that the model takes for glibc 2.36's loader for x86-64. It loads nothing. */
export const glibcStandIn = () => withStrings(GLIBC);

/** A file that the model takes for musl's loader for x86-64. It loads nothing. */
export const muslStandIn = () => withStrings(MUSL);
