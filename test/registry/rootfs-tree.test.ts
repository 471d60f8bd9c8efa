import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRootfs, type RootfsTree } from '../../adapters/registry/oci/local/rootfs-tree.ts';

const LONG = `${'directory-with-a-long-name/'.repeat(12)}file`;
const LARGE = Buffer.alloc(400_000, 'content ');

describe('a tar archive as a file tree', () => {
  let folder = '';
  const open: RootfsTree[] = [];
  const treeOf = (name: string) => {
    const tree = openRootfs(join(folder, name));
    open.push(tree);
    return tree;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tar-tree-'));
    const root = join(folder, 'root');
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    mkdirSync(join(root, LONG, '..'), { recursive: true });
    writeFileSync(join(root, 'usr/bin/app'), 'the program');
    chmodSync(join(root, 'usr/bin/app'), 0o4711);
    linkSync(join(root, 'usr/bin/app'), join(root, 'usr/bin/same'));
    symlinkSync('usr/bin', join(root, 'bin'));
    writeFileSync(join(root, LONG), 'far away');
    writeFileSync(join(root, 'large'), LARGE);
    execFileSync('mkfifo', [join(root, 'fifo')]);
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', [
        `--format=${format}`,
        '--owner=1000',
        '--group=5',
        '-C',
        root,
        '-cf',
        `${folder}/${format}`,
        '.',
      ]);
    }
    writeFileSync(join(folder, 'gzip'), gzipSync(readFileSync(join(folder, 'pax'))));
    execFileSync('tar', ['-C', root, '-cf', `${folder}/small`, 'usr/bin']);
  });
  afterAll(() => {
    for (const tree of open) tree.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['gnu', 'pax', 'gzip'])('%s: what stands there, with modes, owners, links', (name) => {
    const tree = treeOf(name);
    const app = { kind: 'file', mode: 0o4711, uid: 1000, gid: 5, size: 11 };
    expect(tree.lstat('/usr/bin/app')).toEqual(app);
    expect(tree.lstat('/usr/bin/same')).toEqual(app);
    expect(tree.lstat('/bin')).toMatchObject({ kind: 'symlink', target: 'usr/bin' });
    expect(tree.lstat('/fifo')).toMatchObject({ kind: 'other' });
    expect(tree.lstat('/')).toMatchObject({ kind: 'directory' });
    expect(tree.lstat('/missing')).toBeNull();
    expect(Buffer.from(tree.read('/usr/bin/same', 4, 100)).toString()).toBe('program');
    expect(Buffer.from(tree.read(`/${LONG}`, 0, 100)).toString()).toBe('far away');
    expect(Buffer.from(tree.read('/large', 399_990, 100))).toEqual(LARGE.subarray(399_990));
  });

  it('directories that the archive does not name are implied', () => {
    expect(treeOf('small').lstat('/usr')).toMatchObject({ kind: 'directory', mode: 0o755, uid: 0 });
  });

  it.each([
    ['no archive', Buffer.from('nothing like it'.repeat(100)), 'no tar archive'],
    ['cut within a header', () => readFileSync(join(folder, 'gnu')).subarray(0, 700), 'cut off'],
    ['a damaged gzip stream', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), 'gzip'],
  ])('refuses %s with a sentence that names the file', (_, bytes, words) => {
    const file = join(folder, 'bad');
    writeFileSync(file, typeof bytes === 'function' ? bytes() : bytes);
    expect(() => openRootfs(file)).toThrow(words);
    expect(() => openRootfs(file)).toThrow(file);
  });

  it('ends with a tree or a sentence, whatever the bytes', () => {
    const file = join(folder, 'any');
    const whole = readFileSync(join(folder, 'pax')).subarray(0, 20_000);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        writeFileSync(file, bytes);
        try {
          openRootfs(file).close();
        } catch (error) {
          expect(String(error)).toContain('cannot be read');
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});
