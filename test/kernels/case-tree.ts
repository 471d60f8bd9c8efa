import type { SyncFileTree, TreeEntry } from '../../src/kernel/file-tree.ts';
import type { Node } from '../kernel/differential-cases.ts';

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

/** A node's content as bytes. */
export function contentOf(node: Node): Uint8Array {
  if (!('file' in node)) return NOTHING;
  return typeof node.file === 'string' ? encoder.encode(node.file) : node.file;
}

function entryOf(node: Node): TreeEntry {
  const owner = { uid: 0, gid: 0 };
  if ('link' in node) return { kind: 'symlink', mode: 0o777, ...owner, size: node.link.length, target: node.link };
  if ('fifo' in node) return { kind: 'other', mode: 0o755, ...owner, size: 0 };
  const { mode = 0o755, uid = 0 } = node;
  if ('directory' in node) return { kind: 'directory', mode, uid, gid: 0, size: 0 };
  return { kind: 'file', mode, uid, gid: node.gid ?? 0, size: contentOf(node).length };
}

/** A case's nodes as the model's tree; directories that are not listed are root's, with mode 0755. */
export function caseTree(nodes: Readonly<Record<string, Node>>): SyncFileTree {
  const paths = Object.keys(nodes);
  const isImplied = (path: string) => path === '/' || paths.some((each) => each.startsWith(`${path}/`));
  return {
    lstat: (path) => {
      const node = nodes[path];
      if (node) return entryOf(node);
      return isImplied(path) ? { kind: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 } : null;
    },
    read: (path, offset, length) => {
      const node = nodes[path];
      return node ? contentOf(node).subarray(offset, offset + length) : NOTHING;
    },
  };
}
