import { type ImageFile, tarOf } from '../oci-image.ts';
import type { Container } from './container.ts';
import { EngineError } from './engine-error.ts';
import type { TreeNode } from './image-tree.ts';

/** Go's os.FileMode bits, which are not those of stat(2). */
const GO_DIRECTORY = 2 ** 31;
const GO_SYMLINK = 2 ** 27;
const GO_SPECIAL: readonly (readonly [number, number])[] = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
];

function goMode({ kind, mode }: TreeNode): number {
  const type = kind === 'directory' ? GO_DIRECTORY : kind === 'symlink' ? GO_SYMLINK : 0;
  const special = GO_SPECIAL.reduce((sum, [bit, go]) => sum + (mode & bit ? go : 0), 0);
  return type + special + (mode & 0o777);
}

/** A path of a container that stands for something: where it physically is, and what is there. */
export interface Found {
  readonly asked: string;
  readonly path: string;
  readonly node: TreeNode;
}

/** Finds what a path of the container means; links on the way are followed, the last element is not. Throws 404 when nothing is there. */
export function findPath(container: Container, asked: string | null): Found {
  if (!asked) throw new EngineError(400, 'bad parameter: pathcannot be empty');
  const path = container.image.tree.resolve(asked, asked.endsWith('/') || asked.endsWith('/.'));
  const node = path === null ? null : container.image.tree.node(path);
  if (path === null || !node) {
    throw new EngineError(404, `Could not find the file ${asked} in container ${container.name}`);
  }
  return { asked, path, node };
}

const baseOf = (path: string) =>
  path
    .replace(/\/+\.?$/, '')
    .split('/')
    .at(-1) || '/';

/** The value of `X-Docker-Container-Path-Stat`: base64 of what lstat says, in Go's terms. */
export function pathStatOf(container: Container, { asked, path, node }: Found): string {
  const { tree } = container.image;
  const linkTarget = node.kind === 'symlink' ? (tree.resolve(path, true) ?? '') : '';
  const stat = {
    name: baseOf(asked),
    size: tree.lstat(path)?.size ?? 0,
    mode: goMode(node),
    mtime: node.mtime.toISOString(),
    linkTarget,
  };
  return Buffer.from(JSON.stringify(stat)).toString('base64');
}

function fileOf(path: string, { kind, mode, uid, gid, target, content }: TreeNode): ImageFile {
  if (kind === 'symlink') return { path, uid, gid, link: target };
  if (kind === 'directory') return { path, uid, gid, mode, directory: true };
  return { path, uid, gid, mode, content };
}

/** A tar archive of what is there, directories with everything below, named by the last element of the asked path. */
export function archiveOf(container: Container, { asked, path, node }: Found): Promise<Buffer> {
  const base = baseOf(asked);
  const entries = container.image.tree.subtree(path).map(([below, each]) => {
    const name = path === '/' ? below : `${base}${below.slice(path.length)}`;
    return fileOf(name, each);
  });
  return tarOf(entries, node.mtime);
}
