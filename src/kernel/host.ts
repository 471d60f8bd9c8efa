/** A handler registered in /proc/sys/fs/binfmt_misc, in the kernel's own terms (Documentation/admin-guide/binfmt-misc.rst). */
export interface BinfmtHandler {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** Letters out of P, O, C, F. */
  readonly flags: string;
  readonly match:
    | { readonly kind: 'magic'; readonly offset: number; readonly magic: Uint8Array; readonly mask: Uint8Array | null }
    | { readonly kind: 'extension'; readonly extension: string };
}

/** The kernel and CPU that would execute the file. What is null is unknown and gets the platform's usual value. */
export interface KernelHost {
  readonly os: string;
  /** GOARCH name: amd64, arm64, arm, 386, s390x, riscv64, ppc64le, … */
  readonly arch: string;
  readonly variant: string | null;
  /** Bytes. */
  readonly pageSize: number | null;
  /** Whether 32-bit programs of the same family run (IA32 emulation, 32-bit EL0). */
  readonly compat32: boolean | null;
  /** `major.minor`, e.g. `6.18`. */
  readonly kernel: string | null;
  /** In the order of registration; null when it could not be seen. */
  readonly binfmt: readonly BinfmtHandler[] | null;
  /** Of x86-64 the micro-architecture level, 1 to 4, as in x86-64-v3; null when it is unknown. */
  readonly cpuLevel?: number | null;
  readonly mmapMinAddr: number | null;
  /** User addresses lie below 2 to the power of this (TASK_SIZE); of s390x, ppc64le and 32-bit programs it is not asked. */
  readonly vaBits: number | null;
}

/** What is executed, as the container's configuration says. */
export interface ExecRequest {
  readonly argv: readonly string[];
  /** The container's PATH; null when it is unset. */
  readonly path: string | null;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
}
