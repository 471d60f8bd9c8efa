import { type ImageConfig, parseImageConfig } from '../../../src/image/config.ts';
import { asTexts, parseJsonObject } from '../../../src/image/json-values.ts';
import { type Descriptor, MANIFEST_TYPES, type Manifest, parseManifest } from '../../../src/image/manifest.ts';
import { formatReference, type Reference, repositoryName } from '../../../src/image/reference.ts';
import { problem } from './problem.ts';
import { digestOf } from './read-body.ts';
import type { RegistryClient } from './registry-client.ts';

const LARGEST_MANIFEST = 4 * 1024 ** 2;
const LARGEST_CONFIG = 8 * 1024 ** 2;
const LARGEST_TAG_LIST = 4 * 1024 ** 2;
const MOST_TAGS = 1000;

/** An index or an image's manifest; artifacts and what cannot be read have been refused. */
export type ImageManifest = Extract<Manifest, { kind: 'index' | 'manifest' }>;

export interface FetchedManifest {
  readonly manifest: ImageManifest;
  readonly digest: string;
}

/** Fetches what a tag or digest of a repository names, and checks its digest. Rejects with ProbeError. */
export async function fetchManifest(
  client: RegistryClient,
  reference: Reference,
  name: string,
  signal: AbortSignal,
): Promise<FetchedManifest> {
  const { registry, repository } = reference;
  const byDigest = name.includes(':');
  const what = byDigest ? `${repositoryName(reference)}@${name}` : `the tag ${name} of ${repositoryName(reference)}`;
  const ask = { registry, repository, path: `manifests/${name}`, accept: MANIFEST_TYPES.join(', '), what, signal };
  const { bytes, headers } = await client.read(ask, LARGEST_MANIFEST);
  const stated = headers['docker-content-digest'];
  // Without a digest of our own the registry's statement is what a truncated or altered answer can be told by.
  const expected = byDigest ? name : typeof stated === 'string' && stated.startsWith('sha256:') ? stated : null;
  const digest = digestOf(bytes, expected ?? undefined);
  if (expected !== null && digest !== expected) throw changedOnTheWay(registry, what, expected);
  const type = headers['content-type'];
  const manifest = parseManifest(bytes.toString('utf8'), typeof type === 'string' ? type : null);
  if (manifest.kind === 'refused') {
    const code = manifest.unsupported ? 'unsupported' : 'invalid';
    throw problem(code, registry, `${formatReference(reference)} cannot be read as an image: ${manifest.reason}.`);
  }
  if (manifest.kind === 'artifact') {
    const message = `${formatReference(reference)} is no image but an artifact (${manifest.artifactType}), which has nothing to run.`;
    throw problem('unsupported', registry, message);
  }
  return { manifest, digest };
}

/** Fetches the configuration of an image and checks its digest. Rejects with ProbeError. */
export async function fetchConfig(
  client: RegistryClient,
  reference: Reference,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<ImageConfig> {
  const { registry, repository } = reference;
  const { digest } = descriptor;
  const what = `the configuration ${digest} of ${repositoryName(reference)}`;
  const { bytes } = await client.read({ registry, repository, path: `blobs/${digest}`, what, signal }, LARGEST_CONFIG);
  if (digestOf(bytes, digest) !== digest) throw changedOnTheWay(registry, what, digest);
  const config = parseImageConfig(bytes.toString('utf8'));
  if (config !== null) return config;
  throw problem('invalid', registry, `${what} is no JSON object. Push the image again.`);
}

/** The tags of a repository, at most 1,000, in the registry's order. Rejects with ProbeError. */
export async function fetchTags(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { registry, repository } = reference;
  const tags: string[] = [];
  let path: string | null = `tags/list?n=${MOST_TAGS}`;
  while (path !== null && tags.length < MOST_TAGS) {
    const what = `the tags of ${repositoryName(reference)}`;
    const got: { bytes: Buffer; headers: Record<string, string | string[] | undefined> } = await client.read(
      { registry, repository, path, what, signal },
      LARGEST_TAG_LIST,
    );
    const page = asTexts(parseJsonObject(got.bytes.toString('utf8'))?.tags);
    tags.push(...page);
    path = page.length === 0 ? null : nextPage(got.headers.link);
  }
  return tags.slice(0, MOST_TAGS);
}

/** Of a Link header only its query counts: a registry cannot send us to another path (distribution-spec, pagination). */
function nextPage(link: string | readonly string[] | undefined): string | null {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(typeof link === 'string' ? link : '')?.[1];
  const query = target?.split('?')[1];
  return query === undefined ? null : `tags/list?${query}`;
}

function changedOnTheWay(registry: string, what: string, digest: string) {
  const message = `${what} came with other bytes than its digest ${digest} stands for. Something between here and the registry alters answers, or the registry’s storage is damaged.`;
  return problem('invalid', registry, message);
}
