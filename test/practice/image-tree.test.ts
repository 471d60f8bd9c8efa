import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { ImageTree } from '../../adapters/practice/engine/image-tree.ts';
import { type ImageFile, tarOf } from '../../adapters/practice/oci-image.ts';

const file = (path: string, content: string): ImageFile => ({ path, mode: 0o644, content: Buffer.from(content) });

async function treeOf(...layers: ImageFile[][]): Promise<ImageTree> {
  const tree = new ImageTree();
  for (const layer of layers) await tree.apply(await tarOf(layer, new Date(0)));
  return tree;
}

const pathsOf = (tree: ImageTree) => tree.subtree('/').map(([path]) => path);
const textOf = (tree: ImageTree, path: string) => Buffer.from(tree.read(path, 0, 100)).toString();

describe('the tree of an image', () => {
  it('puts later layers over earlier ones and makes the folders that no layer names', async () => {
    const tree = await treeOf([file('/a/b', 'old'), file('/a/c', 'kept')], [file('a/b', 'new')]);
    expect(pathsOf(tree)).toEqual(['/', '/a', '/a/b', '/a/c']);
    expect(textOf(tree, '/a/b')).toBe('new');
    expect(tree.lstat('/a')).toMatchObject({ kind: 'directory' });
    expect(tree.lstat('/x')).toBeNull();
  });

  it('hides what a whiteout names, and everything below an opaque folder', async () => {
    const lower = [file('/a/b/c', '1'), file('/a/d', '2'), file('/e/f', '3')];
    const tree = await treeOf(lower, [
      file('/a/.wh.b', ''),
      file('/e/.wh..wh..opq', ''),
      file('/e/g', '4'),
      file('/a/.wh.none', ''),
    ]);
    expect(pathsOf(tree)).toEqual(['/', '/a', '/a/d', '/e', '/e/g']);
  });

  it('replaces a folder by a file with all that was in it', async () => {
    const tree = await treeOf([file('/a/b', '1')], [file('/a', 'file')]);
    expect(pathsOf(tree)).toEqual(['/', '/a']);
  });

  it('gives a hard link the content of its target in a lower layer', async () => {
    const tree = await treeOf([file('/bin/real', 'program')]);
    const archive = pack();
    archive.entry({ name: './bin/other', type: 'link', linkname: 'bin/real' });
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    await tree.apply(Buffer.concat(chunks));
    expect(textOf(tree, '/bin/other')).toBe('program');
  });

  it('follows links inside the image only', async () => {
    const tree = await treeOf([
      file('/usr/bin/tool', 'x'),
      { path: '/bin', link: 'usr/bin' },
      { path: '/tool', link: '/bin/tool' },
      { path: '/out', link: '../../../usr' },
      { path: '/loop', link: 'loop' },
    ]);
    expect(tree.resolve('/bin/tool', true)).toBe('/usr/bin/tool');
    expect(tree.resolve('/tool', false)).toBe('/tool');
    expect(tree.resolve('/tool', true)).toBe('/usr/bin/tool');
    expect(tree.resolve('/out/bin/../bin/tool', true)).toBe('/usr/bin/tool');
    expect(tree.resolve('/loop', true)).toBeNull();
    expect(tree.lstat('/bin')).toMatchObject({ kind: 'symlink', target: 'usr/bin', size: 7 });
  });
});
