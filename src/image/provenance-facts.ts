import { asList, asObject, asText, type JsonObject } from './json-values.ts';
import { oneLine } from './one-line.ts';
import { architectureOf, type Platform, parsePlatform } from './platform.ts';
import type { BaseImage, Provenance } from './provenance.ts';
import { readSourceLocation, type SourceLocation } from './source-location.ts';

/** What the predicate of a provenance says; the rest stands in the statement around it. */
export type PredicateFacts = Omit<Provenance, 'imagePlatforms'>;

const MOST_DEPENDENCIES = 1000;
const MOST_BASES = 16;

const dependenciesIn = (value: unknown): readonly JsonObject[] =>
  asList(value)
    .slice(0, MOST_DEPENDENCIES)
    .map(asObject)
    .filter((dependency) => dependency !== null);

/** Of a package URL: `pkg:docker/name@tag?platform=linux%2Famd64`. */
export function platformIn(packageUrl: string | null): Platform | null {
  const text = /[?&]platform=([\w%/.-]{1,64})/.exec(packageUrl ?? '')?.[1]?.replaceAll(/%2f/gi, '/');
  return text === undefined ? null : parsePlatform(text);
}

/** The images among the materials (v0.2) or the resolved dependencies (v1) of a build. */
export function basesIn(dependencies: unknown): readonly BaseImage[] {
  return dependenciesIn(dependencies)
    .flatMap((dependency) => {
      const uri = asText(dependency.uri);
      const name = oneLine(/^pkg:docker\/([^?#]+)/.exec(uri ?? '')?.[1]?.replaceAll(/%2f/gi, '/') ?? null);
      const hex = asText(asObject(dependency.digest)?.sha256);
      const digest = hex !== null && /^[a-f0-9]{64}$/.test(hex) ? `sha256:${hex}` : null;
      return name === null ? [] : [{ name, platform: platformIn(uri), digest }];
    })
    .slice(0, MOST_BASES);
}

/** The platform of the building machine: `linux/amd64` in one, or its parts (`X64` and `ubuntu22` on GitHub). */
export function builderPlatformOf(
  platform: string | null,
  architecture: string | null,
  os: string | null,
): Platform | null {
  if (platform !== null) return parsePlatform(platform);
  if (!architecture) return null;
  const known = architecture.toLowerCase() === 'x64' ? 'amd64' : architecture;
  const system = /^(?:windows|darwin|macos)/i
    .exec(os ?? '')?.[0]
    .toLowerCase()
    .replace('macos', 'darwin');
  return { os: system ?? 'linux', ...architectureOf(known.slice(0, 64)) };
}

/** The first that names a repository: what started the build, what the builder says of it, a git repository among what went in. */
export function firstSource(
  configured: readonly (JsonObject | null)[],
  stated: SourceLocation | null,
  dependencies: unknown,
): SourceLocation | null {
  const asSource = (place: JsonObject | null) =>
    readSourceLocation(asText(place?.uri), commitOf(asObject(place?.digest)));
  const git = dependenciesIn(dependencies).filter((found) => commitOf(asObject(found.digest)) !== null);
  const found = [...configured.map(asSource), stated, ...git.map(asSource)];
  return found.find((source) => source !== null && source.repository !== null) ?? stated;
}

function commitOf(digest: JsonObject | null): string | null {
  const commit = asText(digest?.gitCommit) ?? asText(digest?.sha1);
  return commit !== null && /^[a-f0-9]{7,64}$/.test(commit) ? commit : null;
}

/** A time in ISO 8601, to the millisecond. */
export function timeOf(value: unknown): string | null {
  const text = asText(value);
  if (text === null || !/^\d{4}-\d{2}-\d{2}T[\d:.]{5,20}(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
