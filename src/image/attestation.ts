import { asList, asObject, asText, asTextRecord, parseJsonObject } from './json-values.ts';
import { type Descriptor, descriptorOf } from './manifest.ts';

/** A blob with a statement about an image. */
export interface Attestation extends Descriptor {
  /** What it states, as `https://slsa.dev/provenance/v1`; null when only the blob says. */
  readonly predicateType: string | null;
}

const MOST = 64;
/** in-toto statements, plain (BuildKit), in an envelope (cosign) and in a bundle (GitHub). */
const STATEMENT = /^application\/vnd\.(?:in-toto\+json|in-toto\..*|dsse\.envelope\.v1\+json|dev\.sigstore\.bundle.*)$/;
const PREDICATE_TYPES = ['in-toto.io/predicate-type', 'predicateType', 'dev.sigstore.bundle.predicateType'];

/**
 * The statements that the manifest of an attestation or of a referrer holds, at most 64 (moby/buildkit
 * docs/attestations/attestation-storage.md; sigstore cosign specs/BUNDLE_SPEC.md). None when it is no manifest.
 */
export function parseAttestations(json: string): readonly Attestation[] {
  const document = parseJsonObject(json);
  const ofAll = predicateTypeIn(document?.annotations);
  return asList(document?.layers)
    .slice(0, MOST)
    .flatMap((layer) => {
      const descriptor = descriptorOf(layer);
      if (descriptor === null || !STATEMENT.test(descriptor.mediaType)) return [];
      return [{ ...descriptor, predicateType: predicateTypeIn(asObject(layer)?.annotations) ?? ofAll }];
    });
}

function predicateTypeIn(annotations: unknown): string | null {
  const stated = asTextRecord(annotations);
  return PREDICATE_TYPES.map((name) => asText(stated[name])).find((type) => type !== null) ?? null;
}
