import type { TreeEntry } from './file-tree.ts';

/** Who executes. Supplementary groups are not modelled: neither engines nor registries tell them. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** The user that looks at paths on the runtime's behalf, and of images that name none. */
export const ROOT: Identity = { uid: 0, gid: 0 };

/** Exactly the class that applies: owner, else group, else other (fs/namei.c, acl_permission_check). Unknown owners are root. */
function hasExecuteBit(entry: TreeEntry, who: Identity): boolean {
  if ((entry.uid ?? 0) === who.uid) return (entry.mode & 0o100) !== 0;
  if ((entry.gid ?? 0) === who.gid) return (entry.mode & 0o010) !== 0;
  return (entry.mode & 0o001) !== 0;
}

/** May this user execute the file? Root (CAP_DAC_OVERRIDE) needs any one of the three bits. */
export function mayExecute(entry: TreeEntry, who: Identity): boolean {
  return who.uid === 0 ? (entry.mode & 0o111) !== 0 : hasExecuteBit(entry, who);
}

/** May this user pass through the directory? Root always may. */
export function maySearch(entry: TreeEntry, who: Identity): boolean {
  return who.uid === 0 || hasExecuteBit(entry, who);
}
