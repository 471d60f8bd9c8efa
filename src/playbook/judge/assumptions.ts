import type { BinfmtHandler, KernelHost } from '../../kernel/host.ts';

/** Something of a host that its engine does not tell, tried when what is usual does not lead to what was seen. */
export interface Assumption {
  readonly id: 'no-32-bit' | 'emulator-without-f' | 'emulator-with-f' | 'pages-16k' | 'pages-64k';
  /** For a sentence: `if the host …`. */
  readonly words: string;
  readonly host: KernelHost;
}

/** What QEMU is registered for, by Debian's names: class, byte order and machine of the ELF header. */
const EMULATED: readonly (readonly [string, string, number, number, number])[] = [
  ['amd64', 'x86_64', 2, 1, 62],
  ['arm64', 'aarch64', 2, 1, 183],
  ['arm', 'arm', 1, 1, 40],
  ['386', 'i386', 1, 1, 3],
  ['riscv64', 'riscv64', 2, 1, 243],
  ['ppc64le', 'ppc64le', 2, 1, 21],
  ['s390x', 's390x', 2, 2, 22],
  ['loong64', 'loongarch64', 2, 1, 258],
];

function emulators(arch: string, flags: string): readonly BinfmtHandler[] {
  return EMULATED.filter(([own]) => own !== arch).map(([, name, bits, order, machine]) => {
    const magic = new Uint8Array(20);
    magic.set([0x7f, 0x45, 0x4c, 0x46, bits, order, 1]);
    new DataView(magic.buffer).setUint16(18, machine, order === 1);
    const mask = magic.map((_, at) => (at < 7 || at >= 18 ? 0xff : 0));
    const interpreter = `/usr/bin/qemu-${name}-static`;
    return {
      name: `qemu-${name}`,
      enabled: true,
      interpreter,
      flags,
      match: { kind: 'magic', offset: 0, magic, mask },
    };
  });
}

/** The assumptions that what is known of a host leaves open, the likeliest first. */
export function assumptionsFor(host: KernelHost): readonly Assumption[] {
  const open: Assumption[] = [];
  if (host.binfmt === null) {
    const without = emulators(host.arch, '');
    const words = 'has emulators registered without flag F, whose interpreter is looked for in the container';
    open.push({ id: 'emulator-without-f', words, host: { ...host, binfmt: without } });
    const withF = { ...host, binfmt: emulators(host.arch, 'F') };
    open.push({ id: 'emulator-with-f', words: 'has emulators registered', host: withF });
  }
  if (host.compat32 === null && (host.arch === 'amd64' || host.arch === 'arm64')) {
    open.push({ id: 'no-32-bit', words: 'runs no 32-bit programs', host: { ...host, compat32: false } });
  }
  if (host.pageSize === null && host.arch === 'arm64') {
    const words = (size: number) => `has a kernel with pages of ${size >> 10} KiB`;
    open.push({ id: 'pages-64k', words: words(65536), host: { ...host, pageSize: 65536 } });
    open.push({ id: 'pages-16k', words: words(16384), host: { ...host, pageSize: 16384 } });
  }
  return open;
}
