import { decodeText } from './bytes.ts';
import { readAt, type TreeProgram } from './file-tree.ts';
import { ROOT } from './permissions.ts';
import { resolvePath } from './resolve-path.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_ID = 2 ** 31 - 1;

/** The lines of a colon-separated file; empty when it is not there. At most 1 MiB is read. */
function* records(path: string): TreeProgram<readonly string[][]> {
  const found = yield* resolvePath(path, '/', ROOT);
  if (!found.found || found.entry.kind !== 'file') return [];
  const bytes = yield* readAt(found.path, 0, Math.min(found.entry.size, MAX_BYTES));
  return decodeText(bytes)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

function idOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d+$/.test(text)) return null;
  const id = Number(text);
  return id <= MAX_ID ? id : null;
}

function* groupId(group: string): TreeProgram<number | null> {
  if (/^\d+$/.test(group)) return idOf(group);
  const record = (yield* records('/etc/group')).find(([name]) => name === group);
  return idOf(record?.[2]);
}

/**
 * The ids that a container's `User` stands for: empty is root; `uid`, `uid:gid`, `name`, `name:group` by the container's
 * own /etc/passwd and /etc/group, as the runtimes read them. Null when a name is not there or an id is out of range.
 */
export function* resolveUser(user: string): TreeProgram<{ uid: number; gid: number } | null> {
  const [name = '', group = ''] = user.split(':');
  let uid: number | null = 0;
  let gid: number | null = 0;
  if (name !== '') {
    const numeric = /^\d+$/.test(name);
    const record = (yield* records('/etc/passwd')).find((each) =>
      numeric ? idOf(each[2]) === Number(name) : each[0] === name,
    );
    uid = numeric ? idOf(name) : idOf(record?.[2]);
    gid = idOf(record?.[3]) ?? 0;
  }
  if (group !== '') gid = yield* groupId(group);
  return uid === null || gid === null ? null : { uid, gid };
}
