import { expect, it } from 'vitest';
import { layerView } from '../../adapters/registry/oci/layer-view.ts';
import { createLocalLayers } from '../../adapters/registry/oci/local/local-layers.ts';
import { program } from '../app/check-stage.ts';
import { layerOf, type TarFile } from '../servers/registry/build-image.ts';
import { never } from './open-source.ts';

async function viewOf(files: readonly TarFile[], size: number | null = null) {
  const { bytes, digest } = await layerOf(files);
  const streamed: string[] = [];
  const source = createLocalLayers(async function* (layer) {
    streamed.push(layer.digest);
    yield bytes;
  });
  const view = layerView([{ registry: 'here', repository: 'x', digest, size, annotations: {} }], source, never);
  return { view, digest, streamed };
}

it('finds the programs of a layer, of whatever architecture, and nothing else', async () => {
  const big = Buffer.concat([program('arm64'), Buffer.alloc(20_000)]);
  const { view, digest } = await viewOf([
    { name: 'bin/amd64', content: program('amd64'), mode: 0o755 },
    { name: 'opt/deep/arm64', content: big, mode: 0o711 },
    { name: 'bin/script', content: '#!/bin/sh\n'.padEnd(100), mode: 0o755 },
    { name: 'lib/data', content: program('amd64'), mode: 0o644 },
    { name: 'bin/link', type: 'symlink', linkname: 'amd64' },
    { name: 'bin/tiny', content: '\x7fELF', mode: 0o755 },
  ]);
  const found = [...(await view.programsIn(digest))].sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(found).toEqual([
    { path: '/bin/amd64', architecture: 'amd64' },
    { path: '/opt/deep/arm64', architecture: 'arm64' },
  ]);
  await expect(view.programsIn(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ why: { code: 'not-found' } });
});

it('does not read a very large layer for it', async () => {
  const { view, digest, streamed } = await viewOf([], 300 * 1024 ** 2);
  await expect(view.programsIn(digest)).rejects.toMatchObject({ why: { code: 'too-large' } });
  expect(streamed).toEqual([]);
});
