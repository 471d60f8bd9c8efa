import { describe, expect, it } from 'vitest';
import type { FileTree } from '../../src/kernel/file-tree.ts';
import type { MountFacts } from '../../src/playbook/evidence.ts';
import { mountAt, mountedTree, underMounts } from '../../src/playbook/mounted-tree.ts';
import { type Content, memoryTree } from '../kernel/memory-tree.ts';
import { mounted } from './incident.ts';

const APP = mounted('volume', '/app');
const BIN = mounted('bind', '/app/bin/');
const ROOT = mounted('bind', '/');

describe('the mount that a path lies on', () => {
  it.each<[string, readonly MountFacts[], string, MountFacts | null]>([
    ['is the one at the path itself', [APP], '/app', APP],
    ['is the one above it', [APP], '/app/render', APP],
    ['is the nearest of several, however they are ordered', [BIN, APP], '/app/bin/render', BIN],
    ['is the nearest of several, however they are ordered', [APP, BIN], '/app/bin/render', BIN],
    ['is the root’s when everything is mounted', [ROOT], '/app', ROOT],
    ['is none of a name that only begins alike', [APP], '/application', null],
    ['is none of its parent', [APP], '/', null],
    ['is none without mounts', [], '/app', null],
  ])('%s', (_what, mounts, path, mount) => expect(mountAt(mounts, path)).toBe(mount));
});

const asked = (files: Record<string, Content>): FileTree & { readonly reads: string[] } => {
  const tree = memoryTree(files);
  const reads: string[] = [];
  const read: FileTree['read'] = async (path, offset, length) => {
    reads.push(path);
    return tree.read(path, offset, length);
  };
  return { lstat: async (path) => tree.lstat(path), read, reads };
};
const text = async (tree: FileTree, path: string) => new TextDecoder().decode(await tree.read(path, 1, 2));

describe('the files of a container, as its process sees them', () => {
  const tree = asked({ '/app/render': 'own', '/tmp/x': 'hidden' });
  it('are the tree’s own without mounts that matter', () => {
    expect(mountedTree(tree, [])).toBe(tree);
    expect(mountedTree(tree, [APP])).toBe(tree);
  });

  it('may not be executed on a noexec mount', async () => {
    const seen = mountedTree(tree, [{ ...APP, noexec: true }]);
    expect(await seen.lstat('/app/render')).toMatchObject({ kind: 'file', noexec: true });
    expect(await seen.lstat('/app/none')).toBeNull();
    expect(await seen.lstat('/tmp/x')).not.toHaveProperty('noexec');
    expect(await text(seen, '/app/render')).toBe('wn');
  });

  it('are hidden by a tmpfs, which begins empty', async () => {
    const seen = mountedTree(tree, [mounted('tmpfs', '/tmp')]);
    expect(await seen.lstat('/tmp')).toEqual({ kind: 'directory', mode: 0o1777, uid: 0, gid: 0, size: 0 });
    expect(await seen.lstat('/tmp/x')).toBeNull();
    expect(await seen.lstat('/app/render')).toMatchObject({ kind: 'file' });
    expect(await seen.lstat('/app/render')).not.toHaveProperty('noexec');
  });
});

describe('another image in the same container', () => {
  const container = asked({ '/app/render': 'old', '/etc/x': 'old' });
  const image = asked({ '/app/render': 'new', '/etc/xy': 'new' });
  it('is seen whole without mounts', () => expect(underMounts(image, container, [])).toBe(image));

  it('is seen but for what is mounted, which stays the container’s', async () => {
    const seen = underMounts(image, container, [APP]);
    expect(await text(seen, '/app/render')).toBe('ld');
    expect(await text(seen, '/etc/xy')).toBe('ew');
    expect(await seen.lstat('/etc/x')).toBeNull();
    expect(await seen.lstat('/app/render')).not.toBeNull();
  });

  it('is not executed from a noexec mount either', async () => {
    const seen = underMounts(image, container, [{ ...APP, noexec: true }]);
    expect(await seen.lstat('/app/render')).toMatchObject({ noexec: true });
  });
});
