import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { LayerError, splitEntryPath } from '../../../../src/image/layer-entry.ts';
import { LayerFault } from '../layers/layer-fault.ts';
import { parsePaxRecords, paxNumber } from '../layers/pax-records.ts';
import { BLOCK, isZeroBlock, parseTarHeader, type TarHeader } from '../layers/tar-header.ts';

/** Where a file's bytes lie in an archive. */
export interface ArchivePart {
  readonly offset: number;
  readonly size: number;
}

/** The files of a tar archive, by their paths without `./`. */
export type ArchiveIndex = ReadonlyMap<string, ArchivePart>;

const MOST_ENTRIES = 100_000;
const LARGEST_EXTENSION = 1024 * 1024;
const MOST_LINKS = 8;

type Node = ({ readonly kind: 'file' } & ArchivePart) | { readonly kind: 'link'; readonly to: string };

/** What extended headers say of the next entry. */
interface Extensions {
  records: ReadonlyMap<string, string>;
  longName: string | null;
  longLink: string | null;
}

/**
 * Finds the files of an archive by its headers alone; contents are passed over, however large they are. Of a name that
 * stands there twice the last one counts. Rejects with LayerFault, and with the system's errors.
 */
export async function indexArchive(file: FileHandle, size: number, signal: AbortSignal): Promise<ArchiveIndex> {
  const nodes = new Map<string, Node>();
  const extensions: Extensions = { records: new Map(), longName: null, longLink: null };
  let offset = 0;
  for (let count = 0; offset + BLOCK <= size; count++) {
    signal.throwIfAborted();
    if (count > MOST_ENTRIES) throw new LayerFault('too-large', `it has more than ${MOST_ENTRIES} entries`);
    const block = await readAt(file, offset, BLOCK);
    if (isZeroBlock(block)) break;
    const header = parseTarHeader(block);
    const content = offset + BLOCK;
    const length = header.type === '1' || header.type === '2' ? 0 : lengthOf(header, extensions);
    if (content + length > size) throw new LayerFault('invalid', 'its tar archive is cut off');
    if (!(await readExtension(file, header, content, extensions))) {
      addNode(nodes, header, extensions, { offset: content, size: length });
      Object.assign(extensions, { records: new Map(), longName: null, longLink: null });
    }
    offset = content + Math.ceil(length / BLOCK) * BLOCK;
  }
  return followLinks(nodes);
}

function lengthOf(header: TarHeader, { records }: Extensions): number {
  return 'xgLK'.includes(header.type) ? header.size : (paxNumber(records, 'size') ?? header.size);
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new LayerFault('invalid', 'its tar archive is cut off');
    filled += bytesRead;
  }
  return buffer;
}

/** Takes in a header that only describes others; false when it is an entry of its own. */
async function readExtension(
  file: FileHandle,
  { type, size }: TarHeader,
  offset: number,
  extensions: Extensions,
): Promise<boolean> {
  if (!'xgLK'.includes(type)) return false;
  if (size > LARGEST_EXTENSION) throw new LayerFault('too-large', 'it has an extended header of more than 1 MiB');
  const bytes = await readAt(file, offset, size);
  const text = () => bytes.toString('utf8').replace(/\0.*$/s, '');
  if (type === 'x') extensions.records = parsePaxRecords(bytes).values;
  else if (type === 'L') extensions.longName = text();
  else if (type === 'K') extensions.longLink = text();
  return true;
}

function addNode(nodes: Map<string, Node>, header: TarHeader, extensions: Extensions, part: ArchivePart): void {
  const { records, longName, longLink } = extensions;
  const path = cleaned(records.get('path') || (longName ?? header.name));
  const target = records.get('linkpath') || (longLink ?? header.linkName);
  if (header.type === '0' || header.type === '7') nodes.set(path, { kind: 'file', ...part });
  if (header.type === '1') nodes.set(path, { kind: 'link', to: cleaned(target) });
  // Old engines link a layer that stands in the archive already: `../<id>/layer.tar`.
  if (header.type === '2') nodes.set(path, { kind: 'link', to: cleaned(posix.join(posix.dirname(path), target)) });
}

function cleaned(path: string): string {
  try {
    return splitEntryPath(path).join('/');
  } catch (error) {
    if (error instanceof LayerError) throw new LayerFault('invalid', error.message);
    throw error;
  }
}

/** Links that lead nowhere are left out: whoever needs them is told that the file is missing. */
function followLinks(nodes: ReadonlyMap<string, Node>): ArchiveIndex {
  const files = new Map<string, ArchivePart>();
  for (const [path, first] of nodes) {
    let node: Node | undefined = first;
    for (let links = 0; node?.kind === 'link' && links < MOST_LINKS; links++) node = nodes.get(node.to);
    if (node?.kind === 'file') files.set(path, { offset: node.offset, size: node.size });
  }
  return files;
}
