import type { FileTree, TreeEntry } from '../kernel/file-tree.ts';
import type { MountFacts } from './evidence.ts';

/** The mount that a path lies on or below: the one whose destination is the longest; null for the image's own files. */
export function mountAt(mounts: readonly MountFacts[], path: string): MountFacts | null {
  return mounts.reduce<MountFacts | null>((nearest, mount) => {
    const { destination } = mount;
    const covers = path === destination || path.startsWith(destination.endsWith('/') ? destination : `${destination}/`);
    return covers && destination.length > (nearest?.destination.length ?? 0) ? mount : nearest;
  }, null);
}

/** A tmpfs begins empty, whatever the image has below it. */
const MOUNT_POINT: TreeEntry = { kind: 'directory', mode: 0o1777, uid: 0, gid: 0, size: 0 };

/**
 * Another image's files as they would be seen in the same container: what lies below its mounts is not the image's.
 * `container` is the tree of the present container, with its mounts.
 */
export function underMounts(image: FileTree, container: FileTree, mounts: readonly MountFacts[]): FileTree {
  if (mounts.length === 0) return image;
  const mounted = mountedTree(container, mounts);
  const treeAt = (path: string) => (mountAt(mounts, path) ? mounted : image);
  return {
    lstat: (path) => treeAt(path).lstat(path),
    read: (path, offset, length) => treeAt(path).read(path, offset, length),
  };
}

/**
 * A container's files as its process sees them: what lies on a noexec mount is marked, and what a tmpfs hides is gone.
 * The engine shows volumes and bind mounts in the tree itself.
 */
export function mountedTree(tree: FileTree, mounts: readonly MountFacts[]): FileTree {
  if (!mounts.some((mount) => mount.noexec || mount.kind === 'tmpfs')) return tree;
  return {
    lstat: async (path) => {
      const mount = mountAt(mounts, path);
      if (mount?.kind === 'tmpfs') return path === mount.destination ? MOUNT_POINT : null;
      const entry = await tree.lstat(path);
      return entry && mount?.noexec ? { ...entry, noexec: true } : entry;
    },
    read: (path, offset, length) => tree.read(path, offset, length),
  };
}
