import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobPart } from '../../adapters/registry/oci/blob-part.ts';
import { stored } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { clientFor, never } from './open-source.ts';

const blob = stored(Buffer.from('0123456789'), 'application/octet-stream');
let registry: TestRegistry;
beforeEach(async () => {
  registry = await startRegistry();
  registry.putBlob(blob);
});
afterEach(() => registry.stop());

const ask = (from: number, to: number): Promise<BlobPart> =>
  clientFor(registry.host).part(
    { registry: registry.host, repository: 'x', path: `blobs/${blob.digest}`, what: 'the layer', signal: never },
    { from, to },
  );
async function bytesOf(part: BlobPart): Promise<string> {
  if (part.kind !== 'part') throw new Error(part.kind);
  return (await buffer(part.bytes)).toString();
}
function answer(write: (response: ServerResponse) => void): void {
  registry.intercept = (_request, response) => {
    write(response);
    return true;
  };
}
const partial = (range: string, body: string) =>
  answer((response) => response.writeHead(206, { 'content-range': range }).end(body));

describe('a part of a blob', () => {
  it('is asked for by one range, and comes with where it lies', async () => {
    const part = await ask(2, 4);
    expect(part).toMatchObject({ kind: 'part', range: { from: 2, to: 4 }, total: 10 });
    expect(await bytesOf(part)).toBe('234');
    expect(registry.seen.map(({ range }) => range)).toEqual(['bytes=2-4']);
  });

  it('ends where the blob ends', async () => {
    const part = await ask(8, 100);
    expect(part).toMatchObject({ kind: 'part', range: { from: 8, to: 9 } });
    expect(await bytesOf(part)).toBe('89');
  });

  it('is told apart from everything, which is not read', async () => {
    let sent = 0;
    answer((response) => {
      const send = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    });
    expect(await ask(2, 4)).toEqual({ kind: 'whole-only' });
    expect(sent).toBeLessThan(64 * 1024 ** 2);
  });

  it('is not there beyond the end', async () => {
    expect(await ask(10, 20)).toEqual({ kind: 'beyond-end', total: 10 });
  });

  it('is not there beyond the end of a blob whose length is not said', async () => {
    answer((response) => response.writeHead(416).end());
    expect(await ask(10, 20)).toEqual({ kind: 'beyond-end', total: null });
  });

  it('may come without the length of the whole', async () => {
    partial('bytes 2-4/*', '234');
    const part = await ask(2, 4);
    expect(part).toMatchObject({ total: null });
    expect(await bytesOf(part)).toBe('234');
  });

  it.each([
    ['another one', 'bytes 3-5/10'],
    ['a shorter one', 'bytes 2-3/10'],
    ['a longer one', 'bytes 2-5/10'],
    ['one in other units', 'lines 2-4/10'],
    ['one beyond its own end', 'bytes 2-4/3'],
    ['none', ''],
  ])('is refused when %s comes', async (_what, range) => {
    partial(range, '234');
    await expect(ask(2, 4)).rejects.toMatchObject({ why: { code: 'invalid' } });
  });

  it.each([
    ['fewer bytes', '23'],
    ['more bytes', '2345'],
  ])('is refused when %s come than it says', async (_what, body) => {
    partial('bytes 2-4/10', body);
    await expect(ask(2, 4).then(bytesOf)).rejects.toMatchObject({ why: { code: 'invalid' } });
  });

  it.each([
    [404, 'not-found'],
    [403, 'denied'],
    [204, 'invalid'],
  ])('of a blob that is answered by %i is %s', async (status, code) => {
    answer((response) => response.writeHead(status).end());
    await expect(ask(2, 4)).rejects.toMatchObject({ why: { code } });
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0.5, 2],
  ])('from %d to %d is a mistake of the caller', async (from, to) => {
    await expect(ask(from, to)).rejects.toThrow(RangeError);
    expect(registry.seen).toEqual([]);
  });
});
