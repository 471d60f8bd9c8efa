import { createHash } from 'node:crypto';
import type { BinfmtHandler } from '../../src/kernel/host.ts';
import type { Node } from '../kernel/differential-cases.ts';
import { contentOf } from './case-tree.ts';
import type { KernelCase } from './cases/case.ts';

const hex = (text: string) => Buffer.from(text).toString('hex') || '-';
const escaped = (bytes: Uint8Array) => [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const REGISTRY = '/proc/sys/fs/binfmt_misc';

/** The line that registers a handler (Documentation/admin-guide/binfmt-misc.rst). */
function registration({ name, match, interpreter, flags }: BinfmtHandler): string {
  if (match.kind === 'extension') return `:${name}:E::${match.extension}::${interpreter}:${flags}`;
  const mask = match.mask === null ? '' : escaped(match.mask);
  return `:${name}:M:${match.offset}:${escaped(match.magic)}:${mask}:${interpreter}:${flags}`;
}

/** Contents of files, each of them once. */
export interface Blobs {
  /** Where a content lies: its offset and its length. */
  readonly place: (content: Uint8Array) => string;
  readonly bytes: () => Buffer;
}

/** An empty store of contents. */
export function blobStore(): Blobs {
  const known = new Map<string, string>();
  const parts: Uint8Array[] = [];
  let end = 0;
  return {
    place: (content) => {
      const key = createHash('sha1').update(content).digest('base64');
      const there = known.get(key);
      if (there !== undefined) return there;
      const at = `${end} ${content.length}`;
      known.set(key, at);
      parts.push(content);
      end += content.length;
      return at;
    },
    bytes: () => Buffer.concat(parts),
  };
}

function nodeStep(path: string, node: Node, place: Blobs['place']): string {
  if ('link' in node) return `l ${hex(path)} ${hex(node.link)}`;
  if ('fifo' in node) return `p ${hex(path)}`;
  const owner = `${node.mode ?? 0o755} ${node.uid ?? 0}`;
  if ('directory' in node) return `d ${hex(path)} ${owner} 0`;
  return `f ${hex(path)} ${owner} ${node.gid ?? 0} ${place(contentOf(node))}`;
}

/** What the guest does for a case, line by line, in the language of guest-init.c. */
export function stepsOf({ nodes, name, cwd, uid, gid, binfmt }: KernelCase, place: Blobs['place']): string[] {
  const write = (path: string, text: string) => `w ${hex(path)} ${hex(text)}`;
  return [
    ...Object.entries(nodes).map(([path, node]) => nodeStep(path, node, place)),
    ...binfmt.map((each) => write(`${REGISTRY}/register`, registration(each))),
    ...binfmt.filter((each) => !each.enabled).map((each) => write(`${REGISTRY}/${each.name}`, '0')),
    `x ${uid} ${gid} ${hex(cwd)} ${hex(name)}`,
    ...(binfmt.length > 0 ? [write(`${REGISTRY}/status`, '-1')] : []),
  ];
}
