import { extract } from 'tar-stream';
import type { SyncFileTree, TreeEntry } from '../../../src/kernel/file-tree.ts';

/** What stands at one path of an image. `target` is a symbolic link's text. */
export interface TreeNode {
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: Date;
  readonly content: Uint8Array;
  readonly target: string;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const EMPTY = new Uint8Array();
/** Linux follows no more symbolic links than this in one walk (path_resolution(7)). */
const MAX_LINKS = 40;

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';
const baseOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const join = (directory: string, name: string) => (directory === '/' ? `/${name}` : `${directory}/${name}`);

/** The files of an image, its layers applied in order (OCI image-spec layer.md). */
export class ImageTree implements SyncFileTree {
  readonly #nodes = new Map<string, TreeNode>();

  constructor() {
    this.#put('/', { kind: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: new Date(0), content: EMPTY, target: '' });
  }

  /** Applies one layer, given as a tar archive. Rejects when it is none. */
  async apply(archive: Uint8Array): Promise<void> {
    const added: [string, TreeNode][] = [];
    const reader = extract();
    reader.end(archive);
    for await (const entry of reader) {
      const { name, type, mode, uid, gid, mtime, linkname } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      const path = `/${name.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')}`;
      if (this.#whiteout(path)) continue;
      const kind = type === 'directory' || type === 'symlink' ? type : 'file';
      const linked = type === 'link' ? this.#nodes.get(`/${linkname.replace(/^(\.?\/)+/, '')}`) : undefined;
      const content = Buffer.concat(chunks);
      added.push([path, linked ?? { kind, mode, uid, gid, mtime, content, target: linkname ?? '' }]);
    }
    for (const [path, node] of added) this.#put(path, node);
  }

  #whiteout(path: string): boolean {
    const name = baseOf(path);
    if (!name.startsWith(WHITEOUT)) return false;
    const directory = parentOf(path);
    if (name === OPAQUE) this.#removeBelow(directory);
    else {
      const hidden = join(directory, name.slice(WHITEOUT.length));
      this.#removeBelow(hidden);
      this.#nodes.delete(hidden);
    }
    return true;
  }

  #removeBelow(path: string): void {
    const prefix = path === '/' ? '/' : `${path}/`;
    for (const key of this.#nodes.keys()) if (key !== '/' && key.startsWith(prefix)) this.#nodes.delete(key);
  }

  #put(path: string, node: TreeNode): void {
    if (path !== '/' && !this.#nodes.has(parentOf(path))) {
      this.#put(parentOf(path), {
        ...node,
        kind: 'directory',
        mode: 0o755,
        uid: 0,
        gid: 0,
        content: EMPTY,
        target: '',
      });
    }
    if (node.kind !== 'directory') this.#removeBelow(path);
    this.#nodes.set(path, node);
  }

  /** What stands at a path that passes through no link; null when nothing does. */
  node(path: string): TreeNode | null {
    return this.#nodes.get(path) ?? null;
  }

  /** Everything at and below a path, parents first. */
  subtree(path: string): [string, TreeNode][] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.#nodes]
      .filter(([key]) => key === path || key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The physical path of a path whose links are followed inside the image; its last element too if `last`. Null for too many links. */
  resolve(path: string, last: boolean): string | null {
    let links = 0;
    let at = '/';
    const rest = path.split('/').reverse();
    while (rest.length > 0) {
      const name = rest.pop() ?? '';
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = parentOf(at);
        continue;
      }
      const node = this.#nodes.get(join(at, name));
      if (node?.kind !== 'symlink' || (!last && rest.every((part) => part === ''))) {
        at = join(at, name);
        continue;
      }
      links += 1;
      if (links > MAX_LINKS) return null;
      if (node.target.startsWith('/')) at = '/';
      rest.push(...node.target.split('/').reverse());
    }
    return at;
  }

  lstat(path: string): TreeEntry | null {
    const node = this.#nodes.get(path);
    if (!node) return null;
    const { kind, mode, uid, gid } = node;
    if (kind === 'symlink') return { kind, mode, uid, gid, size: node.target.length, target: node.target };
    return { kind, mode, uid, gid, size: kind === 'file' ? node.content.length : 4096 };
  }

  read(path: string, offset: number, length: number): Uint8Array {
    return this.#nodes.get(path)?.content.subarray(offset, offset + length) ?? EMPTY;
  }
}
