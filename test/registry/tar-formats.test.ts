import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open as openFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listLayer } from '../../adapters/registry/oci/layers/list-layer.ts';
import { cutFrom } from '../../adapters/registry/oci/layers/pieces.ts';
import { readStored } from '../../adapters/registry/oci/layers/read-stored.ts';
import { lookUpIn } from '../../src/image/layered-tree.ts';
import { sha256, tarOf } from '../servers/registry/build-image.ts';
import { sealHeader } from '../servers/registry/tar-blocks.ts';

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
  await using holes = await openFile(join(folder, 'holes'), 'w', 0o755);
  await holes.write('middle', 3_000_000);
  await holes.truncate(10_000_000);
});
afterAll(() => rm(folder, { recursive: true }));

/** In pieces whose size fits no block. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 9973) yield bytes.subarray(at, at + 9973);
}
const list = (bytes: Buffer) => listLayer(inPieces(bytes), { digest: sha256(bytes), size: bytes.length });
/** A stretch of a file as text, read by going through the archive again. */
async function stored(bytes: Buffer, path: string, offset: number, length: number): Promise<string> {
  const ordinal = lookUpIn(path, [(await list(bytes)).index])?.bytes?.ordinal ?? -1;
  const piece = await readStored(inPieces(bytes), ordinal, { offset, length });
  return Buffer.from(piece?.bytes ?? []).toString('latin1');
}
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
    const archive = pack(format, ...more, ...(isUstar ? ['--exclude=link'] : []));
    const listing = await list(archive);
    const at = (path: string) => lookUpIn(path, [listing.index]);
    expect(at('/run')?.entry).toMatchObject({ kind: 'file', mode: 0o755, size: 10 });
    expect(at(`/dir/${LONG}/${LONG}`)?.entry).toMatchObject({ size: 4 });
    if (!isUstar) expect(at('/link')?.entry).toMatchObject({ target: `../${LONG}/${LONG}` });
    const sparse = at('/sparse');
    expect(sparse?.entry.size).toBe(4_000_003);
    const piecesOf = (path: string) => listing.pieces.get(at(path)?.bytes?.ordinal ?? -1) ?? [];
    expect(Buffer.from(cutFrom(piecesOf('/run'), 0, 10) ?? []).toString()).toBe('#!/bin/sh\n');
    expect(cutFrom(piecesOf('/sparse'), 0, 4096)).toEqual(new Uint8Array(4096));
    expect(await stored(archive, '/sparse', 3_999_998, 5)).toBe('\0\0end');
    expect(await stored(archive, '/holes', 0, 6)).toBe('\0\0\0\0\0\0');
    expect(await stored(archive, '/holes', 2_999_999, 8)).toBe('\0middle\0');
    expect(await stored(archive, '/holes', 9_999_990, 10)).toBe('\0'.repeat(10));
    expect(at('/holes')?.entry.size).toBe(10_000_000);
  });

  it('v7, which knows directories by their slash alone', async () => {
    const listing = await list(pack('v7', `--exclude=${LONG}`, '--exclude=link'));
    expect(lookUpIn('/dir', [listing.index])?.entry.kind).toBe('directory');
    expect(lookUpIn('/run', [listing.index])?.entry).toMatchObject({ mode: 0o755, size: 10 });
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

  it('of what is kept of small files', async () => {
    const files = Array.from({ length: 600 }, (_, at) => ({ name: `f${at}`, content: Buffer.alloc(4096, 1) }));
    const listing = await list(gzipSync(await tarOf(files), { level: 1 }));
    expect(listing.pieces.size).toBe(244);
  });

  it.each<[string, (header: Buffer) => void]>([
    ['a negative size', (header) => header.fill(0xff, 124, 136)],
    ['a size beyond all numbers', (header) => header.fill(0x7f, 125, 136).fill(0x80, 124, 125)],
    ['a size that is no number', (header) => header.write('12345678z\0', 124, 'latin1')],
  ])('of numbers: %s', async (_what, spoil) => {
    const archive = await tarOf([{ name: 'a', content: 'x' }]);
    spoil(archive.subarray(0, 512));
    sealHeader(archive.subarray(0, 512));
    await expect(list(archive)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('number') });
  });

  it('takes a size in base 256, and a header summed with signs', async () => {
    const archive = await tarOf([
      { name: 'a', content: 'xyz' },
      { name: 'b', content: 'z' },
    ]);
    archive.fill(0, 124, 136).writeUInt8(0x80, 124);
    archive.writeUInt8(3, 135);
    // The owner's name, in Latin-1.
    archive.writeUInt8(0xe4, 265);
    sealHeader(archive.subarray(0, 512), true);
    const listing = await list(archive);
    expect(lookUpIn('/a', [listing.index])?.entry.size).toBe(3);
    expect(lookUpIn('/b', [listing.index])?.entry.size).toBe(1);
  });

  it('an archive may end without its two blocks of zeros, but not go on after one', async () => {
    const archive = await tarOf([{ name: 'a', content: 'x' }]);
    await expect(list(archive.subarray(0, 1024))).resolves.toBeDefined();
    await expect(list(archive.subarray(0, 1536))).resolves.toBeDefined();
    const goesOn = Buffer.concat([archive.subarray(0, 1536), archive]);
    await expect(list(goesOn)).rejects.toMatchObject({ message: expect.stringContaining('goes on') });
  });
});
