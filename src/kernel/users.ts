import { readAt, type TreeProgram } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';

/** Larger password files than this are not read to the end, bytes. */
const READ_LIMIT = 256 * 1024;
const ROOT = { uid: 0, gid: 0 };

/**
 * The ids that a container's `User` stands for: empty is root; `1000`, `1000:1000`, `node`, `node:docker` through the tree's own
 * /etc/passwd and /etc/group, as runc's libcontainer/user does. Null when a name is not there.
 */
export function* resolveUser(user: string): TreeProgram<{ uid: number; gid: number } | null> {
  const [name = '', group] = user.split(':');
  const passwd = yield* readLines('/etc/passwd');
  const wanted = name === '' ? '0' : name;
  const line = passwd.find((fields) => fields[0] === wanted) ?? passwd.find((fields) => fields[2] === wanted);
  const uid = line ? idOf(line[2]) : idOf(wanted);
  if (uid === null) return null;
  if (group === undefined || group === '') return { uid, gid: idOf(line?.[3]) ?? ROOT.gid };
  const groups = yield* readLines('/etc/group');
  const gid = idOf(groups.find((fields) => fields[0] === group)?.[2] ?? group);
  return gid === null ? null : { uid, gid };
}

function idOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

function* readLines(path: string): TreeProgram<string[][]> {
  const found = yield* resolvePath(path, '/', ROOT);
  if (found.kind === 'error' || found.entry.kind !== 'file') return [];
  const bytes = yield* readAt(found.path, 0, Math.min(found.entry.size, READ_LIMIT));
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => line.split(':'));
}
