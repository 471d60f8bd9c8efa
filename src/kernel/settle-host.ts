import type { BinfmtHandler, KernelHost } from './host.ts';
import { type ElfHandler, handlersOf } from './machines.ts';

/** A host with everything decided: unknown facts have their platform's usual value. */
export interface SettledHost {
  /** `linux/amd64`, for sentences. */
  readonly platform: string;
  readonly arch: string;
  readonly page: bigint;
  readonly handlers: readonly ElfHandler[];
  /** Enabled ones only, in the order in which the kernel asks them: last registered first. */
  readonly binfmt: readonly BinfmtHandler[];
  readonly variant: string | null;
  /** x86-64-v1 to v4 as a number; null when it is unknown. */
  readonly cpuLevel: number | null;
  readonly mmapMinAddr: bigint;
  readonly vaBits: number;
  /** Whether the kernel is at least this version. */
  readonly atLeast: (major: number, minor: number) => boolean;
}

const USUAL_KERNEL = '6.18';
const USUAL_MIN_ADDR = 65536;

/** Bits of user addresses, without the opt-in to more on amd64 and arm64. Of s390x and ppc64le the kernel alone decides. */
const VA_BITS: Readonly<Record<string, number>> = { arm64: 48, s390x: 64, riscv64: 56, ppc64le: 52 };

function kernelAtLeast(version: string): SettledHost['atLeast'] {
  const [ours = 0, oursMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return (major, minor) => ours > major || (ours === major && oursMinor >= minor);
}

/** Kernels of arm64 with pages of 16 KiB have one bit less, unless processor and kernel know 52 bits. */
function usualBits({ arch, pageSize }: KernelHost): number {
  return arch === 'arm64' && pageSize === 16384 ? 47 : (VA_BITS[arch] ?? 47);
}

/** Fills in the usual values: 4096-byte pages, no binfmt handlers, kernel 6.18, the architecture's address bits. */
export function settleHost(host: KernelHost): SettledHost {
  return {
    platform: [host.os, host.arch, host.variant].filter(Boolean).join('/'),
    arch: host.arch,
    page: BigInt(host.pageSize ?? 4096),
    handlers: handlersOf(host.arch, host.compat32),
    binfmt: (host.binfmt ?? []).filter((handler) => handler.enabled).toReversed(),
    variant: host.variant,
    cpuLevel: host.cpuLevel ?? null,
    mmapMinAddr: BigInt(host.mmapMinAddr ?? USUAL_MIN_ADDR),
    vaBits: host.vaBits ?? usualBits(host),
    atLeast: kernelAtLeast(host.kernel ?? USUAL_KERNEL),
  };
}
