import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from './listen-on-loopback.ts';
import type { Blob, BuiltImage } from './oci-image.ts';

/** What is published: images by repository and tag. */
export type Published = Readonly<Record<string, Readonly<Record<string, BuiltImage>>>>;

interface Repository {
  readonly tags: ReadonlyMap<string, Blob>;
  readonly manifests: ReadonlyMap<string, Blob>;
  readonly blobs: ReadonlyMap<string, Blob>;
}

const byDigest = (blobs: readonly Blob[]) => new Map(blobs.map((blob) => [blob.digest, blob]));

function repositoryOf(images: Readonly<Record<string, BuiltImage>>): Repository {
  const all = Object.values(images);
  return {
    tags: new Map(Object.entries(images).map(([tag, image]) => [tag, image.manifest])),
    manifests: byDigest(all.map((image) => image.manifest)),
    blobs: byDigest(all.flatMap((image) => [image.config, ...image.layers])),
  };
}

/** The error format of distribution-spec, section "Error Codes". */
function refuse(response: ServerResponse, status: number, code: string, message: string, detail: unknown = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ errors: [{ code, message, detail }] }));
}

/** `bytes=2-5`, `bytes=2-` or `bytes=-5` as first and last byte; null when it is none that can be satisfied. */
function rangeOf(header: string, size: number): { first: number; last: number } | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === undefined || (from === '' && to === '')) return null;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first <= last ? { first, last } : null;
}

function sendBlob(request: IncomingMessage, response: ServerResponse, blob: Blob, mediaType: string): void {
  const headers = {
    'content-type': mediaType,
    'docker-content-digest': blob.digest,
    etag: `"${blob.digest}"`,
    'accept-ranges': 'bytes',
  };
  const size = blob.content.length;
  const asked = request.headers.range;
  const range = asked === undefined ? { first: 0, last: size - 1 } : rangeOf(asked, size);
  if (!range) {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  const content = blob.content.subarray(range.first, range.last + 1);
  const partial = asked !== undefined && { 'content-range': `bytes ${range.first}-${range.last}/${size}` };
  response.writeHead(partial ? 206 : 200, { ...headers, ...partial, 'content-length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}

function sendTags(response: ServerResponse, name: string, repository: Repository, query: URLSearchParams): void {
  const last = query.get('last');
  const asked = query.get('n');
  const all = [...repository.tags.keys()].sort().filter((tag) => last === null || tag > last);
  const tags = asked === null ? all : all.slice(0, Number(asked));
  const more = tags.length < all.length && tags.length > 0;
  response.writeHead(200, {
    'content-type': 'application/json',
    ...(more && { link: `</v2/${name}/tags/list?last=${tags.at(-1)}&n=${asked}>; rel="next"` }),
  });
  response.end(JSON.stringify({ name, tags }));
}

function sendManifest(
  request: IncomingMessage,
  response: ServerResponse,
  repository: Repository,
  reference: string,
): void {
  const manifest = repository.tags.get(reference) ?? repository.manifests.get(reference);
  if (manifest) sendBlob(request, response, manifest, manifest.mediaType);
  else refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown', { Tag: reference });
}

function answer(repositories: ReadonlyMap<string, Repository>, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://registry');
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(response, 405, 'UNSUPPORTED', 'this registry is read only');
  }
  if (url.pathname === '/v2/') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    return;
  }
  const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (!kind) return refuse(response, 404, 'UNSUPPORTED', 'there is nothing at this address');
  const repository = repositories.get(name);
  if (!repository) return refuse(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  if (kind === 'tags') return sendTags(response, name, repository, url.searchParams);
  if (kind === 'manifests') return sendManifest(request, response, repository, reference);
  const blob = repository.blobs.get(reference);
  if (blob) sendBlob(request, response, blob, 'application/octet-stream');
  else refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest: reference });
}

/** Serves images on 127.0.0.1, read only, by the pull part of the OCI distribution specification v1.1. */
export function serveRegistry(published: Published, port?: number): Promise<LoopbackServer> {
  const repositories = new Map(Object.entries(published).map(([name, images]) => [name, repositoryOf(images)]));
  return listenOnLoopback((request, response) => answer(repositories, request, response), port);
}
