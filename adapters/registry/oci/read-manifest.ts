import { MANIFEST_TYPES, type Manifest, parseManifest } from '../../../src/image/manifest.ts';
import { formatReference, type Reference, repositoryName } from '../../../src/image/reference.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { Ask, Got, RegistryClient } from './registry-client.ts';
import type { Expected } from './verify-bytes.ts';

export const LARGEST_MANIFEST = 4 * 1024 ** 2;

/** An index or an image's manifest; artifacts and what cannot be read have been refused. */
export type ImageManifest = Extract<Manifest, { kind: 'index' | 'manifest' }>;

export interface FetchedManifest {
  readonly manifest: ImageManifest;
  readonly digest: string;
  /** The registry or the mirror of it that gave it. */
  readonly servedBy: string;
}

/** The question for a manifest, by its tag or its digest. */
export function manifestAsk(reference: Reference, name: string, signal: AbortSignal): Ask {
  const { registry, repository } = reference;
  const what = name.includes(':')
    ? `${repositoryName(reference)}@${name}`
    : `the tag ${name} of ${repositoryName(reference)}`;
  return { registry, repository, path: `manifests/${name}`, accept: MANIFEST_TYPES.join(', '), what, signal };
}

/** Fetches what a tag or digest of a repository names, and verifies it. Rejects with ProbeError. */
export async function readManifest(
  client: RegistryClient,
  reference: Reference,
  ask: Ask,
  expected?: Expected,
): Promise<FetchedManifest & { readonly bytes: number }> {
  const got = await client.read(ask, LARGEST_MANIFEST, expected);
  const { digest, servedBy } = got;
  return { manifest: imageManifestOf(got, reference), digest, servedBy, bytes: got.bytes.length };
}

function imageManifestOf({ bytes, headers, servedBy }: Got, reference: Reference): ImageManifest {
  const type = headers['content-type'];
  const manifest = parseManifest(bytes.toString('utf8'), typeof type === 'string' ? type : null);
  if (manifest.kind === 'refused') {
    const message = `${formatReference(reference)} cannot be read as an image: ${manifest.reason}.`;
    throw problem(manifest.code, servedBy, message);
  }
  if (manifest.kind === 'artifact') {
    const message = `${formatReference(reference)} is no image but an artifact (${manifest.artifactType}), which has nothing to run.`;
    throw problem('unsupported', servedBy, message);
  }
  return manifest;
}
