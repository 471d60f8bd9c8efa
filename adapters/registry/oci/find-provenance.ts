import { type Attestation, parseAttestations } from '../../../src/image/attestation.ts';
import { type IndexEntry, parseManifest } from '../../../src/image/manifest.ts';
import { PROVENANCE_TYPES, type Provenance, parseProvenance } from '../../../src/image/provenance.ts';
import { type Reference, repositoryName } from '../../../src/image/reference.ts';
import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';
import type { Manifests } from './manifests.ts';
import { LARGEST_MANIFEST, manifestAsk } from './read-manifest.ts';
import type { Got, RegistryClient } from './registry-client.ts';

/** BuildKit's include the Dockerfile and every step of the build. */
const LARGEST_STATEMENT = 8 * 1024 ** 2;
const MOST_ATTESTATIONS = 16;

/** Where to look, and for what. */
interface Search {
  readonly client: RegistryClient;
  readonly reference: Reference;
  /** Of the image, and of the index that holds it. */
  readonly digests: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The provenance of one image: from the attestations beside it in its index, where BuildKit puts them, else from what
 * refers to the image or its index (OCI distribution-spec, referrers API and its tag scheme; cosign's `.att` tag). Null
 * when there is none. Rejects with ProbeError.
 */
export async function findProvenance(
  client: RegistryClient,
  manifests: Manifests,
  reference: Reference,
  digest: string,
  signal: AbortSignal,
): Promise<Provenance | null> {
  const { manifest, digest: named } = await manifests.named(reference, signal);
  const entries = manifest.kind === 'index' ? manifest.entries : [];
  const holds = entries.some((entry) => entry.digest === digest);
  const search = { client, reference, digests: holds ? [digest, named] : [digest], signal };
  const beside = entries.filter((entry) => entry.role === 'attestation' && entry.subject === digest);
  const found = await firstProvenance(search, beside);
  if (found !== null) return found;
  for (const subject of search.digests) {
    const referring = await firstProvenance(search, await referrersOf(search, subject));
    if (referring !== null) return referring;
    const cosigned = await provenanceIn(search, await optional(readTag(search, `${tagFor(subject)}.att`)));
    if (cosigned !== null) return cosigned;
  }
  return null;
}

async function firstProvenance(search: Search, entries: readonly IndexEntry[]): Promise<Provenance | null> {
  const { client, reference, signal } = search;
  for (const entry of entries.slice(0, MOST_ATTESTATIONS)) {
    const ask = manifestAsk(reference, entry.digest, signal);
    // Registries that copy or clean up lose attestations more easily than images.
    const got = await optional(client.read(ask, LARGEST_MANIFEST, entry), ['not-found']);
    const found = await provenanceIn(search, got);
    if (found !== null) return found;
  }
  return null;
}

async function provenanceIn(search: Search, got: Got | null): Promise<Provenance | null> {
  const attestations = got === null ? [] : parseAttestations(got.bytes.toString('utf8'));
  for (const attestation of attestations.filter(mayBeProvenance).slice(0, MOST_ATTESTATIONS)) {
    const { registry, repository } = search.reference;
    const what = `the attestation ${attestation.digest} of ${repositoryName(search.reference)}`;
    const ask = { registry, repository, path: `blobs/${attestation.digest}`, what, signal: search.signal };
    const { bytes } = await search.client.read(ask, LARGEST_STATEMENT, attestation);
    const found = parseProvenance(bytes.toString('utf8'), search.digests);
    if (found !== null) return found;
  }
  return null;
}

const mayBeProvenance = ({ predicateType }: Attestation): boolean =>
  predicateType === null || PROVENANCE_TYPES.some((type) => type === predicateType);

/** By the API, and where the registry does not have it by the tag that stands in for it. */
async function referrersOf(search: Search, subject: string): Promise<readonly IndexEntry[]> {
  const { client, reference, signal } = search;
  const what = `what refers to ${repositoryName(reference)}@${subject}`;
  const ask = { ...manifestAsk(reference, subject, signal), path: `referrers/${subject}`, what };
  const got =
    (await optional(client.read(ask, LARGEST_MANIFEST))) ?? (await optional(readTag(search, tagFor(subject))));
  const list = got === null ? null : parseManifest(got.bytes.toString('utf8'), null);
  const entries = list?.kind === 'index' ? list.entries : [];
  return entries.filter(({ artifactType }) => artifactType === null || /in-toto|sigstore|dsse/.test(artifactType));
}

const tagFor = (digest: string): string => digest.replace(':', '-');

function readTag({ client, reference, signal }: Search, tag: string): Promise<Got> {
  return client.read(manifestAsk(reference, tag, signal), LARGEST_MANIFEST);
}

/** How registries without the API answer: by 404, 400, 405, 501 or a page for people. */
const NO_SUCH_THING: readonly ProbeFailureCode[] = ['not-found', 'invalid', 'unsupported'];

async function optional(answer: Promise<Got>, absent = NO_SUCH_THING): Promise<Got | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProbeError && absent.includes(error.why.code)) return null;
    throw error;
  }
}
