import { decodeBase64Text } from './base64.ts';
import { asList, asObject, asText, type JsonObject, parseJsonObject } from './json-values.ts';
import type { Platform } from './platform.ts';
import { platformIn } from './provenance-facts.ts';
import { readProvenanceV1 } from './provenance-v1.ts';
import { readProvenanceV02 } from './provenance-v02.ts';
import type { SourceLocation } from './source-location.ts';

/**
 * How an image was built, as its builder states it in a SLSA provenance attestation. Nobody here checks the signature that
 * may be around it. Of the parameters of the build only the builder and the platforms are taken: the others may be secrets.
 */
export interface Provenance {
  readonly format: 'slsa-v0.2' | 'slsa-v1';
  /** The builder's id, often the address of the very build. */
  readonly builder: string | null;
  readonly buildType: string | null;
  /** Of this build among the builder's. */
  readonly invocation: string | null;
  /** What kind of runner, or which one, it was. */
  readonly runner: string | null;
  /** Of the machine that built it, which need not be the image's. */
  readonly builderPlatform: Platform | null;
  /** What the attestation says it is about. */
  readonly imagePlatforms: readonly Platform[];
  /** The images it was built from, at most 16, among them those of build stages. */
  readonly bases: readonly BaseImage[];
  readonly source: SourceLocation | null;
  /** ISO 8601 */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface BaseImage {
  readonly name: string;
  readonly platform: Platform | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

/** The types of statements that are read here. */
export const PROVENANCE_TYPES = ['https://slsa.dev/provenance/v0.2', 'https://slsa.dev/provenance/v1'] as const;

const MOST_SUBJECTS = 64;

/**
 * Reads an in-toto statement: plain, in a DSSE envelope, or in a Sigstore bundle. Null when it is none, when it is no SLSA
 * provenance, or when it is about none of these digests.
 */
export function parseProvenance(json: string, digests: readonly string[]): Provenance | null {
  const statement = unwrap(parseJsonObject(json));
  const predicate = asObject(statement?.predicate);
  if (statement === null || predicate === null) return null;
  const subjects = asList(statement.subject)
    .slice(0, MOST_SUBJECTS)
    .map(asObject)
    .filter((subject) => subject !== null && isAbout(subject, digests));
  if (subjects.length === 0) return null;
  const imagePlatforms = subjects.map((subject) => platformIn(asText(subject?.name))).filter((found) => found !== null);
  const [v02, v1] = PROVENANCE_TYPES;
  if (statement.predicateType === v02) return { ...readProvenanceV02(predicate), imagePlatforms };
  return statement.predicateType === v1 ? { ...readProvenanceV1(predicate), imagePlatforms } : null;
}

function unwrap(document: JsonObject | null): JsonObject | null {
  const envelope = asObject(document?.dsseEnvelope) ?? document;
  const payload = asText(envelope?.payload);
  if (payload === null) return document;
  const text = decodeBase64Text(payload);
  return text === null ? null : parseJsonObject(text);
}

function isAbout(subject: JsonObject, digests: readonly string[]): boolean {
  return Object.entries(asObject(subject.digest) ?? {}).some(
    ([algorithm, hex]) => typeof hex === 'string' && digests.includes(`${algorithm}:${hex}`),
  );
}
