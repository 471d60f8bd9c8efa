import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { buildImage, buildIndex, type ImageSpec, MEDIA_TYPES } from '../../adapters/practice/oci-image.ts';

const sha256 = (content: Uint8Array) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

const SPEC: ImageSpec = {
  platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
  layers: [
    [
      { path: '/app', mode: 0o755, directory: true },
      { path: '/app/render', mode: 0o755, content: Buffer.from('#!/bin/sh\n') },
    ],
    [{ path: 'app/latest', link: 'render', uid: 7, gid: 8 }],
  ],
  config: { entrypoint: ['/app/render'], env: ['PATH=/bin'], workingDir: '/app', user: '7:8', labels: { a: 'b' } },
  createdAt: '2026-11-20T10:00:00Z',
};

async function entriesOf(tar: Uint8Array) {
  const entries: unknown[] = [];
  const reader = extract();
  reader.end(Buffer.from(tar));
  for await (const entry of reader) {
    const { name, type, mode, uid, gid, linkname, mtime } = entry.header;
    let content = '';
    for await (const chunk of entry) content += chunk;
    entries.push({ name, type, mode, uid, gid, linkname, mtime: mtime?.toISOString(), content });
  }
  return entries;
}

describe('buildImage', () => {
  it('gives digests that verify, from the manifest down to the tar archives', async () => {
    const image = await buildImage(SPEC);
    const manifest = JSON.parse(Buffer.from(image.manifest.content).toString());
    const config = JSON.parse(Buffer.from(image.config.content).toString());

    expect(image.digest).toBe(sha256(image.manifest.content));
    expect(manifest).toEqual({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config: {
        mediaType: MEDIA_TYPES.config,
        digest: sha256(image.config.content),
        size: image.config.content.length,
      },
      layers: image.layers.map(({ content }) => ({
        mediaType: MEDIA_TYPES.layer,
        digest: sha256(content),
        size: content.length,
      })),
    });
    expect(config.rootfs.diff_ids).toEqual(image.layers.map(({ content }) => sha256(gunzipSync(content))));
    expect(config).toMatchObject({ architecture: 'arm', os: 'linux', variant: 'v7', created: SPEC.createdAt });
    expect(config.config).toEqual({
      Entrypoint: ['/app/render'],
      Env: ['PATH=/bin'],
      WorkingDir: '/app',
      User: '7:8',
      Labels: { a: 'b' },
    });
  });

  it('writes files, links and directories with their modes and owners', async () => {
    const { layers } = await buildImage(SPEC);
    const mtime = '2026-11-20T10:00:00.000Z';
    const root = { uid: 0, gid: 0, linkname: null, mtime };

    expect(await entriesOf(gunzipSync(layers[0]!.content))).toEqual([
      { ...root, name: 'app/', type: 'directory', mode: 0o755, content: '' },
      { ...root, name: 'app/render', type: 'file', mode: 0o755, content: '#!/bin/sh\n' },
    ]);
    expect(await entriesOf(gunzipSync(layers[1]!.content))).toEqual([
      { name: 'app/latest', type: 'symlink', mode: 0o777, uid: 7, gid: 8, linkname: 'render', mtime, content: '' },
    ]);
  });

  it('gives the same bytes each time', async () => {
    expect(await buildImage(SPEC)).toEqual(await buildImage(SPEC));
  });
});

describe('buildIndex', () => {
  it('names each image with its platform', async () => {
    const arm = await buildImage(SPEC);
    const amd64 = await buildImage({ ...SPEC, platform: { os: 'linux', architecture: 'amd64', variant: null } });
    const index = buildIndex([arm, amd64]);

    expect(index.digest).toBe(sha256(index.content));
    expect(JSON.parse(Buffer.from(index.content).toString())).toEqual({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.index,
      manifests: [
        {
          mediaType: MEDIA_TYPES.manifest,
          digest: arm.digest,
          size: arm.manifest.content.length,
          platform: { architecture: 'arm', os: 'linux', variant: 'v7' },
        },
        {
          mediaType: MEDIA_TYPES.manifest,
          digest: amd64.digest,
          size: amd64.manifest.content.length,
          platform: { architecture: 'amd64', os: 'linux' },
        },
      ],
    });
  });
});
