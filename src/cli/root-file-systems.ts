import { type Stats, statSync } from 'node:fs';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { readAhead } from '../../adapters/files/read-ahead.ts';
import { openRootfs, type RootfsTree } from '../../adapters/registry/oci/local/rootfs-tree.ts';
import type { SyncFileTree } from '../kernel/file-tree.ts';

/** Archives that stay open between cases; of more, the one that was used longest ago is closed. */
const MOST_OPEN = 16;

interface OpenArchive {
  readonly tree: RootfsTree;
  /** What tells a rewritten file from the one that was opened. */
  readonly state: string;
}

/** Root file systems by name: directories as they are now, archives kept open as long as they do not change. */
export function createRootFileSystems(): { open(rootfs: string): SyncFileTree; close(): void } {
  const archives = new Map<string, OpenArchive>();
  const forget = (name: string) => {
    archives.get(name)?.tree.close();
    archives.delete(name);
  };
  const archive = (name: string, stats: Stats): SyncFileTree => {
    const state = [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join();
    const known = archives.get(name);
    if (known?.state === state) {
      // The map keeps the order of use.
      archives.delete(name);
      archives.set(name, known);
      return known.tree;
    }
    forget(name);
    const tree = openRootfs(name);
    archives.set(name, { tree, state });
    for (const oldest of archives.keys()) if (archives.size > MOST_OPEN) forget(oldest);
    return tree;
  };
  return {
    open: (rootfs) => {
      const stats = statSync(rootfs, { throwIfNoEntry: false });
      if (!stats) throw new Error(`rootfs ${rootfs} does not exist`);
      if (stats.isDirectory()) return readAhead(directoryTree(rootfs));
      if (!stats.isFile()) throw new Error(`rootfs ${rootfs} is neither a directory nor a tar archive`);
      return readAhead(archive(rootfs, stats));
    },
    close: () => {
      for (const name of archives.keys()) forget(name);
    },
  };
}
