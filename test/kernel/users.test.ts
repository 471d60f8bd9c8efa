import { describe, expect, it } from 'vitest';
import { runOver } from '../../src/kernel/file-tree.ts';
import { resolveUser } from '../../src/kernel/users.ts';
import { memoryTree } from './memory-tree.ts';

const tree = memoryTree({
  '/etc/passwd': { link: 'real' },
  '/etc/real': 'root:x:0:0::/:/bin/sh\n# no\nbad\napp:x:1000:2000::/:/bin/sh\n77:x:5:5::/:\n',
  '/etc/group': 'root:x:0:\nstaff:x:50:app\n',
});

describe('resolveUser', () => {
  it.each([
    ['', { uid: 0, gid: 0 }],
    ['root', { uid: 0, gid: 0 }],
    ['app', { uid: 1000, gid: 2000 }],
    ['1000', { uid: 1000, gid: 2000 }],
    ['1001', { uid: 1001, gid: 0 }],
    ['1000:7', { uid: 1000, gid: 7 }],
    ['app:staff', { uid: 1000, gid: 50 }],
    [':staff', { uid: 0, gid: 50 }],
    ['77', { uid: 77, gid: 0 }],
    ['nobody', null],
    ['app:nobody', null],
    ['bad', null],
    ['99999999999', null],
  ])('%j', (user, ids) => expect(runOver(tree, resolveUser(user))).toEqual(ids));

  it('needs no files for numbers', () => {
    expect(runOver(memoryTree({}), resolveUser('5:6'))).toEqual({ uid: 5, gid: 6 });
    expect(runOver(memoryTree({}), resolveUser('app'))).toBeNull();
  });
});
