import { gzipSync } from 'node:zlib';
import { type Stored, sha256, stored, type TarFile, tarOf } from './build-image.ts';

export interface TocLine {
  readonly [key: string]: unknown;
}

/** How a layer differs from what an honest builder writes. */
export interface EstargzLies {
  /** The table's lines, changed. */
  readonly lines?: (lines: TocLine[]) => readonly TocLine[];
  /** The table's text, changed; its digest in the manifest is right all the same. */
  readonly json?: (json: string) => string;
  /** Where the footer says that the table is. */
  readonly tocAt?: (at: number) => number;
}

/** A layer whose manifest annotations are needed to read it. */
export type AnnotatedLayer = Stored & { readonly annotations: Readonly<Record<string, string>> };

/** An eStargz layer (stargz-snapshotter docs/estargz.md) of files and directories: a gzip member for each header and content. */
export async function estargzOf(files: readonly TarFile[], lies: EstargzLies = {}): Promise<AnnotatedLayer> {
  const members: Buffer[] = [];
  const lines: TocLine[] = [];
  let offset = 0;
  const add = (bytes: Buffer) => {
    const member = gzipSync(bytes);
    members.push(member);
    offset += member.length;
  };
  for (const file of files) {
    const content = Buffer.from(file.content ?? '');
    const archive = await tarOf([file]);
    const padded = 512 + Math.ceil(content.length / 512) * 512;
    add(archive.subarray(0, 512));
    const line = { name: file.name, mode: file.mode ?? 0o644, uid: 0, gid: 0 };
    if (file.type === 'directory') lines.push({ ...line, type: 'dir' });
    else {
      const digest = sha256(content);
      lines.push({ ...line, type: 'reg', size: content.length, offset, digest, chunkDigest: digest });
    }
    if (content.length > 0) add(archive.subarray(512, padded));
  }
  add(Buffer.alloc(1024));
  const entries = lies.lines?.(lines) ?? lines;
  const honest = JSON.stringify({ version: 1, entries });
  const json = Buffer.from(lies.json?.(honest) ?? honest);
  const table = gzipSync(await tarOf([{ name: 'stargz.index.json', content: json }]));
  const footer = footerFor(lies.tocAt?.(offset) ?? offset);
  const blob = Buffer.concat([...members, table, footer]);
  const annotations = { 'containerd.io/snapshot/stargz/toc.digest': sha256(json) };
  return { ...stored(blob, 'application/vnd.oci.image.layer.v1.tar+gzip'), annotations };
}

/** An empty gzip member with the table's place in its extra field. */
function footerFor(tocAt: number): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0, 0x53, 0x47, 22, 0]);
  const place = Buffer.from(`${tocAt.toString(16).padStart(16, '0')}STARGZ`);
  return Buffer.concat([header, place, Buffer.from([1, 0, 0, 0xff, 0xff]), Buffer.alloc(8)]);
}
