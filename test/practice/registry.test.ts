import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIncidentImages, type IncidentImages } from '../../adapters/practice/incident-images.ts';
import type { LoopbackServer } from '../../adapters/practice/listen-on-loopback.ts';
import { serveRegistry } from '../../adapters/practice/registry.ts';

let images: IncidentImages;
let server: LoopbackServer;
const at = (path: string, init?: RequestInit) => fetch(`http://${server.address}${path}`, init);
const sha256 = (content: Uint8Array) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

beforeAll(async () => {
  images = await buildIncidentImages(Date.parse('2026-11-21T09:00:00Z'));
  server = await serveRegistry({ 'pdf-renderer': { ...images } });
});
afterAll(() => server.close());

describe('the practice registry', () => {
  it('answers the version check', async () => {
    const response = await at('/v2/');
    expect(response.status).toBe(200);
    expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
  });

  it('lists the tags, in pages too', async () => {
    expect(await (await at('/v2/pdf-renderer/tags/list')).json()).toEqual({ name: 'pdf-renderer', tags: ['v2', 'v3'] });
    const page = await at('/v2/pdf-renderer/tags/list?n=1');
    expect(page.headers.get('link')).toBe('</v2/pdf-renderer/tags/list?last=v2&n=1>; rel="next"');
    expect(await page.json()).toEqual({ name: 'pdf-renderer', tags: ['v2'] });
    const last = await at('/v2/pdf-renderer/tags/list?last=v2&n=1');
    expect(last.headers.get('link')).toBeNull();
    expect(await last.json()).toEqual({ name: 'pdf-renderer', tags: ['v3'] });
  });

  it.each([
    ['v2', 'amd64'],
    ['v3', 'arm64'],
  ] as const)('serves %s as a manifest for %s whose every digest verifies', async (tag, architecture) => {
    const head = await at(`/v2/pdf-renderer/manifests/${tag}`, { method: 'HEAD' });
    const digest = head.headers.get('docker-content-digest')!;
    const response = await at(`/v2/pdf-renderer/manifests/${digest}`);
    const body = new Uint8Array(await response.arrayBuffer());
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(body.length));
    expect(response.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(sha256(body)).toBe(digest);

    const manifest = JSON.parse(Buffer.from(body).toString());
    for (const part of [manifest.config, ...manifest.layers]) {
      const blob = new Uint8Array(await (await at(`/v2/pdf-renderer/blobs/${part.digest}`)).arrayBuffer());
      expect(sha256(blob)).toBe(part.digest);
      expect(blob.length).toBe(part.size);
    }
    const config = await (await at(`/v2/pdf-renderer/blobs/${manifest.config.digest}`)).json();
    expect(config).toMatchObject({ architecture, os: 'linux', config: { Cmd: ['/app/render'] } });
  });

  it.each([
    ['bytes=2-5', 2, 6],
    ['bytes=10-', 10, undefined],
    ['bytes=-4', -4, undefined],
    ['bytes=5-999999', 5, undefined],
  ])('serves the range %s of a blob', async (range, from, to) => {
    const layer = images.v2.layers[0]!;
    const response = await at(`/v2/pdf-renderer/blobs/${layer.digest}`, { headers: { range } });
    const expected = Buffer.from(layer.content).subarray(from, to);
    const first = from < 0 ? layer.content.length + from : from;
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(
      `bytes ${first}-${first + expected.length - 1}/${layer.content.length}`,
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(expected);
  });

  it('refuses a range past the end', async () => {
    const layer = images.v2.layers[0]!;
    const response = await at(`/v2/pdf-renderer/blobs/${layer.digest}`, { headers: { range: 'bytes=999999-' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${layer.content.length}`);
  });

  it.each([
    ['GET', '/v2/pdf-renderer/manifests/v9', 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/nothing/manifests/v2', 404, 'NAME_UNKNOWN'],
    ['GET', '/v2/nothing/tags/list', 404, 'NAME_UNKNOWN'],
    ['GET', `/v2/pdf-renderer/blobs/sha256:${'0'.repeat(64)}`, 404, 'BLOB_UNKNOWN'],
    ['DELETE', '/v2/pdf-renderer/manifests/v2', 405, 'UNSUPPORTED'],
    ['POST', '/v2/pdf-renderer/blobs/uploads/', 405, 'UNSUPPORTED'],
  ])('answers %s %s with %i %s', async (method, path, status, code) => {
    const response = await at(path, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ code }] });
  });
});
