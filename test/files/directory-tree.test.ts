import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryTree } from '../../adapters/files/directory-tree.ts';

describe('a directory as a file tree', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tree-'));
    mkdirSync(join(root, 'sub'));
    writeFileSync(join(root, 'sub/file'), 'content');
    chmodSync(join(root, 'sub/file'), 0o4751);
    symlinkSync('/sub/file', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('says what stands at a path', () => {
    const tree = directoryTree(`${root}/`);
    expect(tree.lstat('/')).toMatchObject({ kind: 'directory' });
    expect(tree.lstat('/sub/file')).toMatchObject({ kind: 'file', mode: 0o4751, size: 7 });
    expect(tree.lstat('/link')).toMatchObject({ kind: 'symlink', target: '/sub/file' });
    expect(tree.lstat('/fifo')).toMatchObject({ kind: 'other' });
  });

  it.each(['/missing', '/sub/file/x', `/${'n'.repeat(300)}`])('nothing stands at %s', (path) => {
    expect(directoryTree(root).lstat(path)).toBeNull();
  });

  it('reads at an offset, and less at the end', () => {
    const tree = directoryTree(root);
    expect(Buffer.from(tree.read('/sub/file', 3, 2)).toString()).toBe('te');
    expect(Buffer.from(tree.read('/sub/file', 3, 100)).toString()).toBe('tent');
    expect(tree.read('/sub/file', 100, 5)).toHaveLength(0);
  });

  it('reads neither a link nor a FIFO, and does not wait for one', () => {
    expect(() => directoryTree(root).read('/link', 0, 1)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => directoryTree(root).read('/fifo', 0, 1)).toThrow('no regular file');
  });
});
