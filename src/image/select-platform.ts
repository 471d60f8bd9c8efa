import type { Platform } from './platform.ts';

/**
 * The entries of an index that a runtime would take for a platform, best first. The specification says "the first that
 * matches"; Docker and containerd rank them (containerd/platforms compare.go, `Only`): the platform itself, then older
 * variants, then the 32-bit family of the same CPU (386 on amd64, arm on arm64), then entries that state no platform;
 * among equals the index's own order. An entry for a newer variant than the host's never fits.
 */
export function fittingEntries<T extends { readonly platform: Platform | null }>(
  entries: readonly T[],
  host: Platform,
): readonly T[] {
  const ladder = acceptedBy(host);
  const rank = (entry: T): number => {
    if (entry.platform === null) return ladder.length;
    const wanted = key(entry.platform);
    return ladder.indexOf(wanted);
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((candidate) => candidate.rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map((candidate) => candidate.entry);
}

/** The one entry a runtime would take; null when none fits. */
export function selectPlatform<T extends { readonly platform: Platform | null }>(
  entries: readonly T[],
  host: Platform,
): T | null {
  return fittingEntries(entries, host)[0] ?? null;
}

/** What a host accepts, best first, as normalised keys. */
function acceptedBy(host: Platform): readonly string[] {
  const os = host.os;
  const variant = plainVariant(host);
  const make = (architecture: string, of: string) => key({ os, architecture, variant: of || null });
  const down = (architecture: string, from: number, to: number) =>
    Array.from({ length: Math.max(from - to + 1, 0) }, (_, step) => make(architecture, `v${from - step}`));
  const level = Number(variant.slice(1)) || 0;
  if (host.architecture === 'amd64') return [...down('amd64', level, 2), make('amd64', ''), make('386', '')];
  if (host.architecture === 'arm') return [make('arm', variant), ...down('arm', Math.ceil(level) - 1, 5)];
  if (host.architecture === 'arm64') {
    const newer = variant === '' ? [] : [make('arm64', variant), ...down('arm64', Math.ceil(level) - 1, 9)];
    return [...newer, make('arm64', ''), ...down('arm', 8, 5)];
  }
  return [key(host)];
}

function key(platform: Platform): string {
  return `${platform.os}/${platform.architecture}/${plainVariant(platform)}`;
}

/** Variants that are the same by another name: arm64/v8 is plain arm64, amd64/v1 plain amd64, plain arm is v7. */
function plainVariant({ architecture, variant }: Platform): string {
  const written = variant === null || variant === '' ? '' : `v${variant.replace(/^v/, '').replace(/\.0$/, '')}`;
  if (architecture === 'arm64' && written === 'v8') return '';
  if (architecture === 'amd64' && written === 'v1') return '';
  return architecture === 'arm' && written === '' ? 'v7' : written;
}
