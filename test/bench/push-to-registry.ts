import type { BuiltImage } from '../servers/registry/build-image.ts';

/** Pushes an image to a registry without TLS, by the distribution API (spec, "Pushing blobs monolithically"). */
export async function pushToRegistry(
  address: string,
  repository: string,
  { manifest, blobs }: BuiltImage,
  tag: string,
): Promise<void> {
  const base = `http://${address}/v2/${repository}`;
  for (const { digest, bytes } of blobs) {
    const begun = await expectOk(fetch(`${base}/blobs/uploads/`, { method: 'POST' }));
    const upload = new URL(begun.headers.get('location') ?? '', base);
    upload.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    await expectOk(fetch(upload, { method: 'PUT', headers, body: new Uint8Array(bytes) }));
  }
  const headers = { 'content-type': manifest.mediaType };
  const body = new Uint8Array(manifest.bytes);
  await expectOk(fetch(`${base}/manifests/${tag}`, { method: 'PUT', headers, body }));
}

async function expectOk(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  const text = await response.text();
  if (!response.ok) throw new Error(`The registry refused a push with ${response.status}: ${text}`);
  return response;
}
