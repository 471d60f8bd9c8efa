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
  readonly mmapMinAddr: bigint;
  readonly vaBits: number;
  /** Whether the kernel is at least this version. */
  readonly atLeast: (major: number, minor: number) => boolean;
}

const USUAL_KERNEL = '6.18';
const USUAL_MIN_ADDR = 65536;

/** Bits of user addresses: 4-level tables without the opt-in to more. s390x grows its tables as needed. */
const VA_BITS: Readonly<Record<string, number>> = { arm64: 48, s390x: 63 };

function kernelAtLeast(version: string): SettledHost['atLeast'] {
  const [ours = 0, oursMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return (major, minor) => ours > major || (ours === major && oursMinor >= minor);
}

/** Fills in the usual values: 4096-byte pages, no binfmt handlers, kernel 6.18, 47 or 48 address bits. */
export function settleHost(host: KernelHost): SettledHost {
  return {
    platform: [host.os, host.arch, host.variant].filter(Boolean).join('/'),
    arch: host.arch,
    page: BigInt(host.pageSize ?? 4096),
    handlers: handlersOf(host.arch, host.compat32),
    binfmt: (host.binfmt ?? []).filter((handler) => handler.enabled).toReversed(),
    mmapMinAddr: BigInt(host.mmapMinAddr ?? USUAL_MIN_ADDR),
    vaBits: host.vaBits ?? VA_BITS[host.arch] ?? 47,
    atLeast: kernelAtLeast(host.kernel ?? USUAL_KERNEL),
  };
}

/** The first address a program of this loader cannot use (TASK_SIZE). x86 keeps the last page for itself. */
export function taskSizeOf(host: SettledHost, handler: ElfHandler): bigint {
  if (handler.taskSize !== null) return handler.taskSize;
  return (1n << BigInt(host.vaBits)) - (host.arch === 'amd64' ? host.page : 0n);
}
