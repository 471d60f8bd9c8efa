import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { formatPlatform, type Platform, samePlatform } from '../../../src/image/platform.ts';
import { digestOf, MEDIA_TYPES } from '../oci-image.ts';
import { EngineError } from './engine-error.ts';
import { type ImageStore, imageConfigSchema } from './image-store.ts';
import { ImageTree } from './image-tree.ts';
import { formatReference, type Reference } from './reference.ts';

/** One line of a pull's progress, as the engine streams it. */
export interface PullProgress {
  readonly status: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

const DEADLINE_MS = 30_000;
const MAX_BLOB = 64 * 1024 * 1024;
const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/;
const ACCEPT = [
  MEDIA_TYPES.index,
  MEDIA_TYPES.manifest,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const descriptor = z.object({ digest: z.string(), size: z.number() });
const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const indexSchema = z.object({ manifests: z.array(descriptor.extend({ platform: platform.optional() })) });
const manifestSchema = z.object({ config: descriptor, layers: z.array(descriptor) });
const errorsSchema = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string() })) });

interface Remote {
  readonly registry: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The practice host reaches registries on its own loopback only: it has no way out. */
function remoteOf(reference: Reference): Remote {
  const slash = reference.repository.indexOf('/');
  const registry = reference.repository.slice(0, Math.max(slash, 0));
  if (!LOOPBACK.test(registry)) {
    const host = registry.includes('.') ? registry : 'registry-1.docker.io';
    throw new EngineError(500, `Get "https://${host}/v2/": dial tcp: lookup ${host}: no such host`);
  }
  return { registry, name: reference.repository.slice(slash + 1), signal: AbortSignal.timeout(DEADLINE_MS) };
}

async function refusalOf(response: Response, reference: Reference): Promise<EngineError> {
  const body = errorsSchema.safeParse(await response.json().catch(() => null));
  const first = body.success ? body.data.errors[0] : undefined;
  const what = first ? `${first.code.toLowerCase().replaceAll('_', ' ')}: ${first.message}` : `${response.status}`;
  if (first?.code === 'NAME_UNKNOWN')
    return new EngineError(404, `repository ${reference.repository} not found: ${what}`);
  if (response.status === 404) {
    return new EngineError(404, `manifest for ${formatReference(reference)} not found: ${what}`);
  }
  return new EngineError(500, `the registry answered ${what}`);
}

async function contentOf(response: Response, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BLOB) throw new EngineError(500, `${path} is larger than ${MAX_BLOB} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function download({ registry, name, signal }: Remote, path: string, reference: Reference): Promise<Buffer> {
  const response = await fetch(`http://${registry}/v2/${name}/${path}`, {
    headers: { accept: path.startsWith('manifests/') ? ACCEPT : '*/*' },
    redirect: 'error',
    signal,
  }).catch(() => {
    throw new EngineError(500, `Get "http://${registry}/v2/": dial tcp ${registry}: connect: connection refused`);
  });
  if (!response.ok) throw await refusalOf(response, reference);
  return contentOf(response, path);
}

async function downloadVerified(remote: Remote, kind: string, digest: string, reference: Reference): Promise<Buffer> {
  const content = await download(remote, `${kind}/${digest}`, reference);
  if (digestOf(content) !== digest)
    throw new EngineError(500, `filesystem layer verification failed for digest ${digest}`);
  return content;
}

async function manifestFor(remote: Remote, document: unknown, wanted: Platform, reference: Reference) {
  const index = indexSchema.safeParse(document);
  if (!index.success) return manifestSchema.parse(document);
  const fitting = index.data.manifests.find(
    (entry) => entry.platform && samePlatform({ ...entry.platform, variant: entry.platform.variant ?? null }, wanted),
  );
  if (!fitting) {
    throw new EngineError(404, `no matching manifest for ${formatPlatform(wanted)} in the manifest list entries`);
  }
  return manifestSchema.parse(
    JSON.parse((await downloadVerified(remote, 'manifests', fitting.digest, reference)).toString()),
  );
}

async function* unpack(remote: Remote, layers: readonly { digest: string; size: number }[], reference: Reference) {
  const tree = new ImageTree();
  const idOf = (digest: string) => digest.slice(7, 19);
  for (const { digest } of layers) yield { status: 'Pulling fs layer', progressDetail: {}, id: idOf(digest) };
  for (const { digest, size } of layers) {
    const id = idOf(digest);
    const whole = { current: size, total: size };
    const content = await downloadVerified(remote, 'blobs', digest, reference);
    yield { status: 'Downloading', progressDetail: whole, id };
    yield { status: 'Verifying Checksum', progressDetail: {}, id };
    yield { status: 'Download complete', progressDetail: {}, id };
    await tree.apply(gunzipSync(content, { maxOutputLength: MAX_BLOB }));
    yield { status: 'Extracting', progressDetail: whole, id };
    yield { status: 'Pull complete', progressDetail: {}, id };
  }
  return tree;
}

/**
 * Pulls an image into the store and tells the progress. What fails before the first line is the request's own answer
 * (EngineError); what fails later is the stream's last line, as in Docker.
 */
export async function* pullImage(
  store: ImageStore,
  reference: Reference,
  wanted: Platform,
): AsyncGenerator<PullProgress, void> {
  const remote = remoteOf(reference);
  const target = reference.digest ?? reference.tag ?? 'latest';
  const document = await download(remote, `manifests/${target}`, reference);
  const digest = digestOf(document);
  if (reference.digest && digest !== reference.digest) {
    throw new EngineError(500, `manifest verification failed for digest ${reference.digest}`);
  }
  const full = formatReference(reference);
  yield { status: `Pulling from ${remote.name}`, id: reference.digest ? full : target };
  const manifest = await manifestFor(remote, JSON.parse(document.toString()), wanted, reference);
  const id = manifest.config.digest;
  const known = store.get(id);
  const upToDate = known?.references.has(full);
  const config =
    known?.config ??
    imageConfigSchema.parse(JSON.parse((await downloadVerified(remote, 'blobs', id, reference)).toString()));
  const tree = known?.tree ?? (yield* unpack(remote, manifest.layers, reference));
  store.add({ id, config, tree }, [full, `${reference.repository}@${digest}`]);
  yield { status: `Digest: ${digest}` };
  yield { status: `Status: ${upToDate ? 'Image is up to date' : 'Downloaded newer image'} for ${full}` };
}
