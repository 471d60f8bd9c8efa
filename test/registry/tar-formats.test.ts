import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open as openFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listLayer } from '../../adapters/registry/oci/list-layer.ts';
import { lookUpIn } from '../../src/image/layered-tree.ts';
import { sha256, tarOf } from '../servers/registry/build-image.ts';

const LONG = 'l'.repeat(99);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'execfmt-tar-'));
  await mkdir(join(folder, 'dir', LONG), { recursive: true });
  await writeFile(join(folder, 'run'), '#!/bin/sh\n');
  await chmod(join(folder, 'run'), 0o755);
  await symlink(`../${LONG}/${LONG}`, join(folder, 'link'));
  await writeFile(join(folder, 'dir', LONG, LONG), 'long');
  await using sparse = await openFile(join(folder, 'sparse'), 'w', 0o755);
  await sparse.write('end', 4_000_000);
});
afterAll(() => rm(folder, { recursive: true }));

/** In pieces whose size fits no block. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 9973) yield bytes.subarray(at, at + 9973);
}
const list = (bytes: Buffer) => listLayer(inPieces(bytes), { digest: sha256(bytes), size: bytes.length });
const pack = (format: string, ...more: string[]) =>
  execFileSync('tar', ['-C', folder, `--format=${format}`, ...more, '-cf', '-', '.'], { maxBuffer: 64 * 1024 ** 2 });

describe('archives of GNU tar', () => {
  it.each([
    ['ustar', []],
    ['gnu', []],
    ['oldgnu', []],
    ['posix', []],
    ['posix', ['--pax-option=comment=x']],
    ['gnu', ['--sparse']],
    ['posix', ['--sparse']],
    ['posix', ['--sparse', '--sparse-version=0.0']],
    ['posix', ['--sparse', '--sparse-version=0.1']],
  ])('%s %j', async (format, more) => {
    const isUstar = format === 'ustar';
    // A link's text of more than 100 bytes has no place in ustar.
    const listing = await list(pack(format, ...more, ...(isUstar ? ['--exclude=link'] : [])));
    const at = (path: string) => lookUpIn(path, [listing.root]);
    expect(at('/run')?.entry).toMatchObject({ kind: 'file', mode: 0o755, size: 10 });
    expect(at(`/dir/${LONG}/${LONG}`)?.entry).toMatchObject({ size: 4 });
    if (!isUstar) expect(at('/link')?.entry).toMatchObject({ target: `../${LONG}/${LONG}` });
    const sparse = at('/sparse');
    expect(sparse?.entry.size).toBe(4_000_003);
    expect(listing.sparse.has(sparse?.bytes?.ordinal ?? -1)).toBe(more.includes('--sparse'));
    const head = listing.heads.get(at('/run')?.bytes?.ordinal ?? -1);
    expect(Buffer.from(head ?? []).toString()).toBe('#!/bin/sh\n');
  });

  it('v7, which knows directories by their slash alone', async () => {
    const listing = await list(pack('v7', `--exclude=${LONG}`, '--exclude=link'));
    expect(lookUpIn('/dir', [listing.root])?.entry.kind).toBe('directory');
    expect(lookUpIn('/run', [listing.root])?.entry).toMatchObject({ mode: 0o755, size: 10 });
  });
});

describe('limits', () => {
  it('of entries', async () => {
    const header = (await tarOf([{ name: 'a', mode: 0 }])).subarray(0, 512);
    const many = gzipSync(Buffer.alloc(512 * 200_001, header), { level: 1 });
    await expect(list(many)).rejects.toMatchObject({ name: 'LayerFault', code: 'too-large' });
  });

  it('of what a layer may weigh', async () => {
    const archive = await tarOf([{ name: 'a', content: 'x' }]);
    const layer = { digest: sha256(archive), size: archive.length - 1 };
    await expect(listLayer(inPieces(archive), layer)).rejects.toMatchObject({ name: 'LayerFault', code: 'invalid' });
  });

  it('of the heads that are kept', async () => {
    const files = Array.from({ length: 3000 }, (_, at) => ({ name: `f${at}`, content: Buffer.alloc(4096, 1) }));
    const listing = await list(gzipSync(await tarOf(files), { level: 1 }));
    expect(listing.heads.size).toBe(2048);
  });
});
