import type { KernelHost } from './host.ts';

/**
 * A host of a platform with nothing special about it: no binfmt_misc handler, and the usual value for everything else
 * (`settleHost`). What an image is checked against when no host is at hand.
 */
export function plainHost(platform: {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}): KernelHost {
  const { os, architecture, variant } = platform;
  const usual = { pageSize: null, compat32: null, kernel: null, mmapMinAddr: null, vaBits: null };
  return { os, arch: architecture, variant, binfmt: [], ...usual };
}
