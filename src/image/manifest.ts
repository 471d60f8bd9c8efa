import { platformOf } from './config.ts';
import { asList, asObject, asText, asTextRecord, type JsonObject, parseJsonObject } from './json-values.ts';
import { oneLine } from './one-line.ts';
import type { Platform } from './platform.ts';
import { isDigest } from './reference.ts';

/** The media types a registry is asked for: OCI and Docker, single images and indexes. Schema 1 is left out on purpose. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

const INDEX_TYPES: readonly string[] = MANIFEST_TYPES.slice(0, 2);
const IMAGE_TYPES: readonly string[] = MANIFEST_TYPES.slice(2);
const IMAGE_CONFIG_TYPES: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  // Written by some old tools in place of the right one.
  'application/octet-stream',
];

/** What a manifest points to (OCI image-spec descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes, as stated; null when it is not. */
  readonly size: number | null;
}

/** A layer, with what its builder noted of it. */
export interface LayerDescriptor extends Descriptor {
  readonly annotations: Readonly<Record<string, string>>;
}

/** One line of an index. Attestations stand beside the images they speak of, and are no platform. */
export interface IndexEntry extends Descriptor {
  readonly role: 'image' | 'index' | 'attestation' | 'other';
  readonly platform: Platform | null;
  /** Of an attestation: the digest of the image it speaks of, where it is stated. */
  readonly subject: string | null;
  /** What an artifact is, where it is stated; the list of referrers states it. */
  readonly artifactType: string | null;
}

/** What lies behind a reference. `artifact`: something else than an image that is kept in a registry (a chart, a signature). */
export type Manifest =
  | { readonly kind: 'index'; readonly mediaType: string; readonly entries: readonly IndexEntry[] }
  | {
      readonly kind: 'manifest';
      readonly mediaType: string;
      readonly config: Descriptor;
      /** Lowest first. */
      readonly layers: readonly LayerDescriptor[];
      readonly annotations: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'artifact'; readonly mediaType: string; readonly artifactType: string }
  | { readonly kind: 'refused'; readonly code: 'invalid' | 'unsupported' | 'too-large'; readonly reason: string };

/** No builder comes near; what lists more is made to keep its reader busy. */
const MOST_ENTRIES = 1_000;
const MOST_LAYERS = 1_000;

/**
 * Reads a manifest or index. The document's own `mediaType` counts, then the Content-Type it came with, then its shape;
 * unknown fields are ignored.
 */
export function parseManifest(json: string, contentType: string | null): Manifest {
  const document = parseJsonObject(json);
  if (document === null) return refused('it is no JSON object');
  if (document.schemaVersion === 1) {
    const reason =
      'it is in the old format “schema 1”, which runtimes no longer take: push the image again with a current tool';
    return refused(reason, 'unsupported');
  }
  // What one reader takes for an index and another for an image can show each something else (CVE-2021-41190).
  if (document.manifests !== undefined && (document.layers !== undefined || document.config !== undefined)) {
    return refused('it is an index and an image’s manifest at once, which readers would take differently');
  }
  const mediaType = mediaTypeOf(document, contentType);
  if (INDEX_TYPES.includes(mediaType)) return parseIndex(document, mediaType);
  if (IMAGE_TYPES.includes(mediaType)) return parseImage(document, mediaType);
  return artifact(mediaType, asText(document.artifactType) ?? mediaType);
}

const refused = (reason: string, code: 'invalid' | 'unsupported' | 'too-large' = 'invalid'): Manifest => ({
  kind: 'refused',
  code,
  reason,
});

/** Types stand in messages, and no sound one is long (RFC 6838, 4.2). */
const LONGEST_TYPE = 128;

const artifact = (mediaType: string, type: string): Manifest => ({
  kind: 'artifact',
  mediaType: mediaType.slice(0, LONGEST_TYPE),
  artifactType: oneLine(type)?.slice(0, LONGEST_TYPE) ?? 'of an unknown type',
});

function mediaTypeOf(document: JsonObject, contentType: string | null): string {
  const stated = asText(document.mediaType);
  if (stated) return stated;
  const sent = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (INDEX_TYPES.includes(sent) || IMAGE_TYPES.includes(sent)) return sent;
  if (Array.isArray(document.manifests)) return MANIFEST_TYPES[0];
  return asObject(document.config) ? MANIFEST_TYPES[2] : sent;
}

function parseIndex(document: JsonObject, mediaType: string): Manifest {
  if (!Array.isArray(document.manifests)) return refused('it is an index without a list of manifests');
  const { length } = document.manifests;
  if (length > MOST_ENTRIES) return refused(`it lists ${length} manifests, more than ${MOST_ENTRIES}`, 'too-large');
  const entries = document.manifests.map(indexEntryOf);
  if (entries.includes(null)) return refused('an entry of the index has no valid digest');
  return { kind: 'index', mediaType, entries: entries.filter((entry) => entry !== null) };
}

function indexEntryOf(value: unknown): IndexEntry | null {
  const descriptor = descriptorOf(value);
  const entry = asObject(value);
  if (descriptor === null || entry === null) return null;
  const stated = asObject(entry.platform);
  const platform = stated === null ? null : platformOf(stated);
  const subject = asText(asObject(entry.annotations)?.['vnd.docker.reference.digest']);
  return {
    ...descriptor,
    role: roleOf(entry, descriptor.mediaType, platform),
    platform,
    subject: subject !== null && isDigest(subject) ? subject : null,
    artifactType: asText(entry.artifactType),
  };
}

/** BuildKit marks attestations by an annotation and by the platform `unknown/unknown`; others set only one of the two. */
function roleOf(entry: JsonObject, mediaType: string, platform: Platform | null): IndexEntry['role'] {
  if (asTextRecord(entry.annotations)['vnd.docker.reference.type']) return 'attestation';
  if (platform?.os === 'unknown' && platform.architecture === 'unknown') return 'attestation';
  if (INDEX_TYPES.includes(mediaType)) return 'index';
  if (asText(entry.artifactType)) return 'other';
  return mediaType === '' || IMAGE_TYPES.includes(mediaType) ? 'image' : 'other';
}

function parseImage(document: JsonObject, mediaType: string): Manifest {
  const artifactType = asText(document.artifactType);
  if (artifactType) return artifact(mediaType, artifactType);
  const config = descriptorOf(document.config);
  if (config === null) return refused('it has no valid descriptor of a configuration');
  if (!(config.mediaType === '' || IMAGE_CONFIG_TYPES.includes(config.mediaType))) {
    return artifact(mediaType, config.mediaType);
  }
  const listed = asList(document.layers);
  if (listed.length > MOST_LAYERS)
    return refused(`it lists ${listed.length} layers, more than ${MOST_LAYERS}`, 'too-large');
  const layers = listed.map(layerOf);
  if (layers.includes(null)) return refused('a layer has no valid digest');
  const annotations = asTextRecord(document.annotations);
  return { kind: 'manifest', mediaType, config, layers: layers.filter((layer) => layer !== null), annotations };
}

function layerOf(value: unknown): LayerDescriptor | null {
  const descriptor = descriptorOf(value);
  return descriptor && { ...descriptor, annotations: asTextRecord(asObject(value)?.annotations) };
}

/** Reads a descriptor; null when it has no digest that can be verified. */
export function descriptorOf(value: unknown): Descriptor | null {
  const stated = asObject(value);
  const digest = asText(stated?.digest);
  if (stated === null || digest === null || !isDigest(digest)) return null;
  const size = stated.size;
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return { mediaType: asText(stated.mediaType) ?? '', digest, size: isSize ? size : null };
}
