import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { suite } from '../lab/requirements.ts';
import { imageOf, indexOf, layerOf, type Stored } from '../servers/registry/build-image.ts';
import { expectFailure, expectKnown, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

suite('Debian’s docker-registry', ['docker-registry'], () => {
  let folder: string;
  let child: ChildProcess;
  let host: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'execfmt-registry-'));
    host = `127.0.0.1:${await freePort()}`;
    const config = { version: '0.1', storage: { filesystem: { rootdirectory: folder } }, http: { addr: host } };
    await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
    child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    for (let attempt = 0; ; attempt++) {
      const reply = await request(`http://${host}/v2/`).catch(() => null);
      await reply?.body.dump();
      if (reply?.statusCode === 200) break;
      if (attempt > 100) throw new Error('docker-registry does not start');
      await sleep(100);
    }
  });
  afterAll(async () => {
    child.kill();
    await once(child, 'exit');
    await rm(folder, { recursive: true });
  });

  async function put(path: string, body: Buffer, type: string): Promise<void> {
    const reply = await request(new URL(path, `http://${host}`), {
      method: 'PUT',
      body,
      headers: { 'content-type': type },
    });
    await reply.body.dump();
    expect(reply.statusCode, path).toBe(201);
  }
  async function upload(blob: Stored): Promise<void> {
    const begun = await request(`http://${host}/v2/x/blobs/uploads/`, { method: 'POST' });
    await begun.body.dump();
    const location = new URL(String(begun.headers.location), `http://${host}`);
    location.searchParams.set('digest', blob.digest);
    await put(location.href, blob.bytes, 'application/octet-stream');
  }
  const putManifest = (manifest: Stored, name: string) =>
    put(`/v2/x/manifests/${name}`, manifest.bytes, manifest.mediaType);

  it('serves images that are resolved, opened and listed', async () => {
    const layer = await layerOf([{ name: 'run', content: Buffer.alloc(100_000, 'abc'), mode: 0o755 }], 'zstd');
    const image = imageOf('linux/amd64', [layer], { Cmd: ['/run'] });
    for (const blob of image.blobs) await upload(blob);
    await putManifest(image.manifest, 'one');
    const index = indexOf([[image.manifest, { platform: { os: 'linux', architecture: 'amd64' } }]]);
    await putManifest(index, 'many');

    const source = sourceFor(host);
    expect(expectKnown(await source.resolve(`${host}/x:many`, never)).digest).toBe(index.digest);
    expect(expectKnown(await source.tags(`${host}/x`, never)).toSorted()).toEqual(['many', 'one']);
    const opened = expectKnown(await source.open(`${host}/x:many`, AMD64, never));
    expect(opened).toMatchObject({ digest: image.manifest.digest, config: { cmd: ['/run'] } });
    expect(Buffer.from(await opened.files.read('/run', 99_998, 10)).toString()).toBe('ca');
  });

  it('tells what is not there', async () => {
    const source = sourceFor(host);
    expect(expectFailure(await source.resolve(`${host}/x:nothing`, never)).code).toBe('not-found');
    const why = expectFailure(await source.tags(`${host}/nothing`, never));
    expect(why).toMatchObject({ code: 'not-found', message: expect.stringContaining('no such repository') });
  });
});
