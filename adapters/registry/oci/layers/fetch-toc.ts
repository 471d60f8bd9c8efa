import { createHash } from 'node:crypto';
import { isDigest } from '../../../../src/image/reference.ts';
import { decompress } from './decompress.ts';
import { TarFeed } from './feed-tar.ts';
import type { Layer, ReadRange } from './layer.ts';
import { LayerFault } from './layer-fault.ts';
import type { Toc } from './list-toc.ts';

/** Where the manifest says that a layer can be read file by file. */
export type LazyFormat =
  | { readonly kind: 'estargz'; readonly tocDigest: string }
  | { readonly kind: 'zstd-chunked'; readonly from: number; readonly length: number; readonly checksum: string };

const ESTARGZ_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';
/** containers/storage pkg/chunked; without `github` before 2023, as Debian 12's skopeo still writes it. */
const CHUNKED = ['io.github.containers.zstd-chunked', 'io.containers.zstd-chunked'];
/** stargz-snapshotter docs/estargz.md, “Footer”: an empty gzip member that tells where the table begins. */
const FOOTER = 51;
const FOOTER_EXTRA = 16;
const LARGEST_COMPRESSED = 8 * 1024 ** 2;
const LARGEST_TOC = 32 * 1024 ** 2;
const TOC_NAME = 'stargz.index.json';

/** What the layer's annotations promise; only what they give a digest of is trusted. Null for an ordinary layer. */
export function lazyFormatOf({ annotations }: Layer): LazyFormat | null {
  const tocDigest = annotations[ESTARGZ_DIGEST];
  if (tocDigest !== undefined && isDigest(tocDigest)) return { kind: 'estargz', tocDigest };
  for (const prefix of CHUNKED) {
    const checksum = annotations[`${prefix}.manifest-checksum`];
    const position = annotations[`${prefix}.manifest-position`] ?? '';
    const [, from, length] = /^(\d{1,15}):(\d{1,15}):\d{1,15}:1$/.exec(position) ?? [];
    if (checksum === undefined || !isDigest(checksum) || from === undefined) continue;
    return { kind: 'zstd-chunked', from: Number(from), length: Number(length), checksum };
  }
  return null;
}

/** The part of a blob of `size` bytes that holds the table, as fetched: it can be kept and given to `openToc` again. */
export async function fetchToc(format: LazyFormat, size: number, read: ReadRange): Promise<Buffer> {
  if (format.kind === 'zstd-chunked') return readAll(format.from, format.from + format.length, size, read);
  const tocAt = parseFooter(await readAll(size - FOOTER, size, size, read));
  const [member, position] = [await readAll(tocAt, size - FOOTER, size, read), Buffer.alloc(8)];
  position.writeBigUInt64BE(BigInt(tocAt));
  return Buffer.concat([position, member]);
}

/** Decompresses a table and checks its digest. Rejects with LayerFault. */
export async function openToc(format: LazyFormat, fetched: Buffer): Promise<Toc> {
  if (format.kind === 'zstd-chunked') {
    checkDigest(fetched, format.checksum);
    return { json: await inflate(fetched), contentEnd: format.from };
  }
  const json = jsonOfArchive(await inflate(fetched.subarray(8)));
  checkDigest(json, format.tocDigest);
  return { json, contentEnd: Number(fetched.readBigUInt64BE(0)) };
}

function parseFooter(footer: Buffer): number {
  const text = footer.toString('latin1', FOOTER_EXTRA, FOOTER_EXTRA + 22);
  const digits = /^([0-9a-f]{16})STARGZ$/.exec(text)?.[1];
  if (footer.readUInt16BE(0) !== 0x1f8b || footer.toString('latin1', 12, 14) !== 'SG' || digits === undefined) {
    throw new LayerFault('invalid', 'it has no footer of an eStargz layer');
  }
  return Number(BigInt(`0x${digits}`));
}

async function readAll(from: number, to: number, size: number, read: ReadRange): Promise<Buffer> {
  if (!(from >= 0 && to > from && to <= size) || to - from > LARGEST_COMPRESSED) {
    throw new LayerFault('invalid', 'its table of contents lies where it cannot be, or is too large');
  }
  const parts: Uint8Array[] = [];
  for await (const part of read(from, to)) parts.push(part);
  return Buffer.concat(parts);
}

async function inflate(compressed: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  for await (const part of decompress(once(compressed))) {
    total += part.length;
    if (total > LARGEST_TOC) throw new LayerFault('too-large', 'its table of contents is larger than 32 MiB');
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts, total);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The table of an eStargz layer is a file in an archive of its own. */
function jsonOfArchive(tar: Buffer): Buffer {
  let json: Buffer = Buffer.alloc(0);
  const keep = (bytes: Buffer) => {
    json = bytes;
  };
  // Given in one piece, the file comes in one piece.
  const feed = new TarFeed(({ path }) => (path === TOC_NAME ? { write: keep, end: () => undefined } : null));
  feed.write(tar);
  feed.end();
  return json;
}

function checkDigest(bytes: Buffer, digest: string): void {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  if (digest.endsWith(`:${createHash(algorithm).update(bytes).digest('hex')}`)) return;
  throw new LayerFault('invalid', 'its table of contents is not the one the manifest names');
}
