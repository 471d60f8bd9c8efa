/** A kernel that is measured: where it comes from, how it is booted, and what of the host the model is told. */
export interface Target {
  readonly suite: 'bookworm' | 'trixie';
  /** Debian's name of the architecture. */
  readonly debian: string;
  /** The metapackage that depends on the newest kernel of this kind. */
  readonly metapackage: string;
  /** GOARCH. */
  readonly arch: string;
  readonly qemu: readonly [program: string, ...options: string[]];
  /** Added to the kernel's command line. */
  readonly append: string;
  readonly compiler: string;
  /** What an estate would know of the host; null leaves it to the model's usual values. */
  readonly compat32: boolean | null;
  readonly vaBits: number | null;
}

const memory = ['-m', '1536', '-smp', '1'];
const ARM64: Omit<Target, 'metapackage' | 'suite'> = {
  debian: 'arm64',
  arch: 'arm64',
  qemu: ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'max,pauth-impdef=on,lpa2=off', ...memory],
  append: 'console=ttyAMA0',
  compiler: 'aarch64-linux-gnu-gcc',
  compat32: null,
  vaBits: null,
};
const AMD64: Omit<Target, 'metapackage' | 'suite'> = {
  debian: 'amd64',
  arch: 'amd64',
  qemu: ['qemu-system-x86_64', '-M', 'q35', '-cpu', 'max,la57=off', ...memory],
  append: 'console=ttyS0',
  compiler: 'gcc',
  compat32: null,
  vaBits: null,
};

const RISCV64: Omit<Target, 'metapackage' | 'suite'> = {
  debian: 'riscv64',
  arch: 'riscv64',
  qemu: ['qemu-system-riscv64', '-M', 'virt', ...memory],
  append: 'console=ttyS0',
  compiler: 'riscv64-linux-gnu-gcc',
  compat32: null,
  vaBits: null,
};

const PPC64LE: Omit<Target, 'metapackage' | 'suite'> = {
  debian: 'ppc64el',
  arch: 'ppc64le',
  qemu: ['qemu-system-ppc64', '-M', 'pseries', '-cpu', 'power9', ...memory],
  append: 'console=hvc0',
  compiler: 'powerpc64le-linux-gnu-gcc',
  compat32: null,
  vaBits: null,
};

/** By the name of the recording. */
export const TARGETS: Readonly<Record<string, Target>> = {
  'arm64-6.12': { ...ARM64, suite: 'trixie', metapackage: 'linux-image-arm64' },
  'arm64-6.12-no32': {
    ...ARM64,
    suite: 'trixie',
    metapackage: 'linux-image-arm64',
    append: `${ARM64.append} arm64.no32bit_el0`,
    compat32: false,
  },
  'arm64-6.12-va52': {
    ...ARM64,
    suite: 'trixie',
    metapackage: 'linux-image-arm64',
    qemu: ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'max,pauth-impdef=on', ...memory],
    vaBits: 52,
  },
  'arm64-6.12-16k': { ...ARM64, suite: 'trixie', metapackage: 'linux-image-arm64-16k' },
  'arm64-6.1': { ...ARM64, suite: 'bookworm', metapackage: 'linux-image-arm64' },
  'amd64-6.12': { ...AMD64, suite: 'trixie', metapackage: 'linux-image-amd64' },
  'amd64-6.12-no32': {
    ...AMD64,
    suite: 'trixie',
    metapackage: 'linux-image-amd64',
    append: `${AMD64.append} ia32_emulation=0`,
    compat32: false,
  },
  'amd64-6.12-la57': {
    ...AMD64,
    suite: 'trixie',
    metapackage: 'linux-image-amd64',
    qemu: ['qemu-system-x86_64', '-M', 'q35', '-cpu', 'max', ...memory],
    vaBits: 56,
  },
  'amd64-6.1': { ...AMD64, suite: 'bookworm', metapackage: 'linux-image-amd64' },
  'riscv64-6.12': { ...RISCV64, suite: 'trixie', metapackage: 'linux-image-riscv64' },
  'riscv64-6.12-sv39': {
    ...RISCV64,
    suite: 'trixie',
    metapackage: 'linux-image-riscv64',
    append: `${RISCV64.append} no4lvl`,
    vaBits: 38,
  },
  's390x-6.12': {
    suite: 'trixie',
    debian: 's390x',
    metapackage: 'linux-image-s390x',
    arch: 's390x',
    qemu: ['qemu-system-s390x', '-M', 's390-ccw-virtio', '-cpu', 'max', ...memory],
    append: 'console=ttyS0',
    compiler: 's390x-linux-gnu-gcc',
    compat32: null,
    vaBits: null,
  },
  'ppc64le-6.12-64k': { ...PPC64LE, suite: 'trixie', metapackage: 'linux-image-powerpc64le-64k' },
  'ppc64le-6.12': { ...PPC64LE, suite: 'trixie', metapackage: 'linux-image-powerpc64le' },
  'armhf-6.12': {
    suite: 'trixie',
    debian: 'armhf',
    metapackage: 'linux-image-armmp-lpae',
    arch: 'arm',
    qemu: ['qemu-system-arm', '-M', 'virt', '-cpu', 'max', ...memory],
    append: 'console=ttyAMA0',
    compiler: 'arm-linux-gnueabihf-gcc',
    compat32: null,
    vaBits: null,
  },
};
