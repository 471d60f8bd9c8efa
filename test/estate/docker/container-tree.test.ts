import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createContainerTree } from '../../../adapters/estate/docker/container-tree.ts';
import { createEngine } from '../../../adapters/estate/docker/engine.ts';
import { entryOf } from '../../../adapters/estate/docker/read-archive.ts';
import { buildImage, tarOf } from '../../../adapters/practice/oci-image.ts';
import type { FileTree } from '../../../src/kernel/file-tree.ts';
import { suite } from '../../lab/requirements.ts';
import { type Bench, realBench } from './incident-bench.ts';
import { systemClock } from './system-clock.ts';

const signal = new AbortController().signal;
const LARGE = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));

suite('the files of a container on a real engine', ['engine'], () => {
  let bench: Bench;
  let files: FileTree;
  let id: string;

  beforeAll(async () => {
    bench = await realBench();
    const image = await buildImage({
      platform: { os: 'linux', architecture: bench.goodArchitecture, variant: null },
      layers: [
        [
          { path: '/bin', link: 'usr/bin' },
          { path: '/usr', mode: 0o755, directory: true },
          { path: '/usr/bin', mode: 0o755, directory: true },
          { path: '/usr/bin/su', mode: 0o4750, uid: 7, gid: 8, content: Buffer.from('#!/bin/sh\n') },
          { path: '/tmp', mode: 0o1777, directory: true },
          { path: '/deep', mode: 0o2755, directory: true },
          { path: '/deep/link', link: '../usr/../bin/su' },
          { path: '/dangling', link: '/no/such' },
          { path: '/circle', link: 'circle' },
          { path: '/large', mode: 0o644, content: LARGE },
          { path: '/empty', mode: 0o600, content: Buffer.alloc(0) },
          { path: '/bücher & co', mode: 0o644, content: Buffer.from('ä') },
        ],
      ],
      config: { cmd: ['/usr/bin/su'] },
      createdAt: '2026-01-01T00:00:00Z',
    });
    const layer = gunzipSync(image.layers[0]!.content);
    const imported = await bench.client.importImage(layer as never, { repo: 'bench-tree', tag: 'v1' });
    await new Promise((resolve) => imported.on('end', resolve).resume());
    const container = await bench.client.createContainer({ Image: 'bench-tree:v1', Cmd: ['/usr/bin/su'] });
    id = container.id;
    const { Name } = await container.inspect();
    files = bench.estate.files({ kind: 'docker', host: bench.host, container: Name.slice(1) }, signal);
  });
  afterAll(async () => {
    await bench?.client.getContainer(id).remove({ force: true });
    await bench?.client.getImage('bench-tree:v1').remove();
    await bench?.close();
  });

  it('knows kinds, permissions and owners', async () => {
    expect(await files.lstat('/usr/bin/su')).toEqual({ kind: 'file', mode: 0o4750, uid: 7, gid: 8, size: 10 });
    expect(await files.lstat('/tmp')).toMatchObject({ kind: 'directory', mode: 0o1777 });
    expect(await files.lstat('/deep')).toMatchObject({ kind: 'directory', mode: 0o2755 });
    expect(await files.lstat('/')).toMatchObject({ kind: 'directory' });
    expect(await files.lstat('/empty')).toMatchObject({ kind: 'file', mode: 0o600, size: 0 });
  });

  it('gives the text of a link as it was written', async () => {
    expect(await files.lstat('/bin')).toMatchObject({ kind: 'symlink', target: 'usr/bin', size: 7 });
    expect(await files.lstat('/deep/link')).toMatchObject({ kind: 'symlink', target: '../usr/../bin/su' });
    expect(await files.lstat('/dangling')).toMatchObject({ kind: 'symlink', target: '/no/such' });
    expect(await files.lstat('/circle')).toMatchObject({ kind: 'symlink', target: 'circle' });
  });

  it('says when nothing stands there', async () => {
    expect(await files.lstat('/no')).toBeNull();
    expect(await files.lstat('/no/such/folder')).toBeNull();
    expect(await files.lstat('/usr/bin/su/below')).toBeNull();
  });

  it('reads any part of a file, as often as it is asked', async () => {
    for (const [offset, length] of [
      [0, 4],
      [100_000, 5_000],
      [2_999_990, 100],
      [64, 56],
      [2_000_000, 10],
    ] as const) {
      const read = await files.read('/large', offset, length);
      expect(Buffer.from(read).equals(LARGE.subarray(offset, offset + length)), `at ${offset}`).toBe(true);
    }
    expect(await files.read('/large', 4_000_000, 10)).toHaveLength(0);
    expect(await files.read('/empty', 0, 10)).toHaveLength(0);
    expect(await files.read('/tmp', 0, 10)).toHaveLength(0);
  });

  it('takes names of every kind', async () => {
    expect(Buffer.from(await files.read('/bücher & co', 0, 10)).toString()).toBe('ä');
  });
});

describe('the files of a container', () => {
  const header = (stat: object) => Buffer.from(JSON.stringify(stat)).toString('base64');

  const treeOver = async (sent: { count: number }, stat: object, archive: Buffer) => {
    const server = createServer((request, response) => {
      if (request.url?.includes('/json')) {
        response.end(JSON.stringify({ Id: 'abc', Name: '/c', Image: 'sha256:1' }));
        return;
      }
      sent.count += 1;
      response.writeHead(200, { 'x-docker-container-path-stat': header(stat) }).end(archive);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connect({ docker: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const engine = createEngine({ name: 'h', client, clock: systemClock, deadlineMs: 5_000 });
    return { tree: createContainerTree(engine, 'c', signal), close: () => server.close() };
  };

  it('asks once for what it was asked before', async () => {
    const sent = { count: 0 };
    const archive = await tarOf([{ path: 'f', mode: 0o644, content: Buffer.from('hello') }], new Date(0));
    const { tree, close } = await treeOver(sent, { mode: 0o644, size: 5 }, archive);
    await Promise.all([tree.lstat('/f'), tree.lstat('/f')]);
    await tree.read('/f', 0, 5);
    await tree.read('/f', 3, 50_000_000);
    expect(sent.count).toBe(1);
    close();
  });

  it('stops before it reads for ever', async () => {
    const archive = await tarOf([{ path: 'f', mode: 0o644, content: Buffer.alloc(100_000) }], new Date(0));
    const { tree, close } = await treeOver({ count: 0 }, { mode: 0o644, size: 2 ** 41 }, archive);
    await expect(tree.read('/f', 2 ** 40, 10)).rejects.toMatchObject({ why: { code: 'too-large' } });
    close();
  });

  it('knows an archive that is none', async () => {
    const { tree, close } = await treeOver({ count: 0 }, { mode: 0o644, size: 5 }, Buffer.alloc(2048, 0x41));
    await expect(tree.lstat('/f')).rejects.toMatchObject({ why: { code: 'invalid' } });
    close();
  });

  it.each([
    [0o755, 'file', 0o755],
    [2 ** 31 + 0o755, 'directory', 0o755],
    [2 ** 31 + 2 ** 20 + 0o777, 'directory', 0o1777],
    [2 ** 27 + 0o777, 'symlink', 0o777],
    [2 ** 26 + 2 ** 21 + 0o666, 'other', 0o666],
    [2 ** 25 + 0o600, 'other', 0o600],
    [2 ** 24 + 0o600, 'other', 0o600],
    [2 ** 23 + 0o755, 'file', 0o4755],
    [2 ** 22 + 0o755, 'file', 0o2755],
  ])('reads Go’s mode %i', (mode, kind, permissions) => {
    expect(entryOf({ mode, size: 3 }, null)).toMatchObject({ kind, mode: permissions, uid: null, gid: null });
  });
});
