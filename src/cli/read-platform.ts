import { nearest } from '../config/suggest.ts';
import { ARCHITECTURES, isKnownPlatform, OPERATING_SYSTEMS } from '../image/known-platforms.ts';
import { architectureOf, formatPlatform, type Platform, parsePlatform } from '../image/platform.ts';
import { UsageError } from './exit-status.ts';

/** Reads `--platform`. Throws UsageError with what was probably meant. */
export function readPlatform(text: string): Platform {
  const platform = parsePlatform(text);
  if (platform !== null && isKnownPlatform(platform)) return platform;
  const meant = suggest(text);
  const hint = meant === null ? 'Write it as linux/amd64 or linux/arm/v7.' : `Did you mean ${meant}?`;
  throw new UsageError(`--platform ${text} is no platform. ${hint}`);
}

/** The nearest platform to what was written: with an operating system in front, with another separator, mistyped. */
function suggest(text: string): string | null {
  const parts = text
    .trim()
    .toLowerCase()
    .split(/[/\\_:,-]/);
  const known = ARCHITECTURES.includes(architectureOf(text).architecture);
  const [os = '', machine = '', variant = null] = parts.length === 1 || known ? ['linux', text] : parts;
  const system = OPERATING_SYSTEMS.includes(os) ? os : nearest(os, OPERATING_SYSTEMS, 1)[0];
  const { architecture, variant: implied } = architectureOf(machine);
  const found = ARCHITECTURES.includes(architecture) ? architecture : nearest(architecture, ARCHITECTURES, 1)[0];
  if (system === undefined || found === undefined) return null;
  return formatPlatform({ os: system, architecture: found, variant: variant ?? implied });
}
