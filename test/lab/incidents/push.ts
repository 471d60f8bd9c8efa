import type { Pushable } from './image-recipe.ts';

async function ask(method: string, url: string, body?: Uint8Array, mediaType = 'application/octet-stream') {
  const response = await fetch(url, {
    method,
    ...(body && { body: Buffer.from(body) }),
    headers: { 'content-type': mediaType },
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok && response.status !== 404) {
    throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  }
  await response.arrayBuffer();
  return response;
}

/** Blobs that a registry has, by its address: those of another repository are mounted instead of sent again. */
const sent = new Map<string, string>();

async function pushBlob(repository: string, { digest, content }: { digest: string; content: Uint8Array }) {
  const [address = '', ...path] = repository.split('/');
  const name = path.join('/');
  const from = sent.get(`${address} ${digest}`);
  const mount = from ? `?mount=${digest}&from=${from}` : '';
  const upload = await ask('POST', `http://${address}/v2/${name}/blobs/uploads/${mount}`);
  if (upload.status !== 201) {
    const location = new URL(upload.headers.get('location') ?? '', `http://${address}`);
    location.searchParams.set('digest', digest);
    await ask('PUT', location.href, content);
  }
  sent.set(`${address} ${digest}`, name);
}

/**
 * Pushes an image or index, with everything it refers to, to a registry without TLS, over the distribution API: no
 * process for each image, and nothing that corrects what is wrong on purpose. `repository` is `127.0.0.1:5000/name`.
 */
export async function push(repository: string, tag: string | null, what: Pushable): Promise<void> {
  for (const child of what.children) await push(repository, null, child);
  await Promise.all(what.blobs.map((blob) => pushBlob(repository, blob)));
  const [address = '', ...path] = repository.split('/');
  const url = `http://${address}/v2/${path.join('/')}/manifests/${tag ?? what.digest}`;
  await ask('PUT', url, what.content, what.mediaType);
}

/** Deletes a manifest from the registry; whoever has pulled it keeps it. */
export async function unpublish(repository: string, digest: string): Promise<void> {
  const [address = '', ...path] = repository.split('/');
  await ask('DELETE', `http://${address}/v2/${path.join('/')}/manifests/${digest}`);
}
