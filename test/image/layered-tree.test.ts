import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../../src/image/layer-entry.ts';
import { indexLayer } from '../../src/image/layer-index.ts';
import { lookUp, lookUpIn } from '../../src/image/layered-tree.ts';

/** `dir/`, `file`, `link -> target`, `hard => target`; a mode may follow after a blank: `dir/ 700`. */
function entryOf(text: string): LayerEntry {
  const [written = '', mode] = text.split(/ (?=[0-7]{3,4}$)/);
  const hard = written.split(' => ');
  const soft = written.split(' -> ');
  const base = { uid: 0, gid: 0, size: 0, target: null };
  if (hard[1] !== undefined)
    return { ...base, path: hard[0]!, kind: 'hardlink', mode: Number.parseInt(mode ?? '644', 8), target: hard[1] };
  if (soft[1] !== undefined) return { ...base, path: soft[0]!, kind: 'symlink', mode: 0o777, target: soft[1] };
  const kind = written.endsWith('/') ? 'directory' : 'file';
  return { ...base, path: written, kind, mode: Number.parseInt(mode ?? (kind === 'file' ? '644' : '755'), 8) };
}

function layer(entries: readonly string[]) {
  const result = indexLayer(entries.map(entryOf));
  if (result.kind === 'invalid') throw new Error(result.reason);
  return result.index;
}

/** What stands at a path, as `directory 755`, `-> target`, or `layer:ordinal` of a file. */
function at(path: string, layers: readonly (readonly string[])[]): string | null {
  const found = lookUpIn(path, layers.map(layer));
  if (found === null) return null;
  if (found.bytes) return `${found.bytes.layer}:${found.bytes.ordinal}`;
  if (found.entry.kind === 'symlink') return `-> ${found.entry.target}`;
  return `${found.entry.kind} ${found.entry.mode.toString(8)}`;
}

describe('one layer', () => {
  it.each<[string, string[], string, string | null]>([
    ['a file', ['a'], '/a', '0:0'],
    ['nothing', ['a'], '/b', null],
    ['./ before the name', ['./a'], '/a', '0:0'],
    ['/ before the name', ['/a'], '/a', '0:0'],
    ['a name with .. that stays inside', ['a/../b'], '/b', '0:0'],
    ['a file is no directory', ['a'], '/a/b', null],
    ['the last of two wins', ['a', 'a'], '/a', '0:1'],
    ['a file in place of a directory', ['a/', 'a/b', 'a'], '/a/b', null],
    ['a link in place of the directory that was written to last', ['b/', 'a/x', 'a -> b', 'a/y'], '/b/y', '0:3'],
    ['that link, written over', ['b/', 'c/', 'a -> b', 'a/y', 'a -> c', 'a/z'], '/c/z', '0:5'],
    ['a directory in place of a file', ['a', 'a/ 700'], '/a', 'directory 700'],
    ['a directory written again keeps what is in it', ['a/', 'a/b', 'a/ 700'], '/a/b', '0:1'],
    ['and takes the last mode', ['a/', 'a/b', 'a/ 700'], '/a', 'directory 700'],
    ['missing parents are implied', ['a/b/c'], '/a/b', 'directory 755'],
    ['a parent written after its child', ['a/b', 'a/ 700'], '/a', 'directory 700'],
    ['the root is implied', ['a'], '/', 'directory 755'],
    ['the root has the container’s mode', ['./ 700'], '/', 'directory 755'],
    ['a symbolic link', ['a -> b'], '/a', '-> b'],
    ['a look-up never goes through a link', ['b/c', 'a -> b'], '/a/c', null],
    ['an entry below a link of the same layer', ['usr/bin/', 'bin -> usr/bin', 'bin/x'], '/usr/bin/x', '0:2'],
    ['below an absolute link', ['usr/', 'a -> /usr', 'b/c -> /a', 'b/c/x'], '/usr/x', '0:3'],
    ['below a link that climbs past the root', ['etc/', 'a -> ../../etc', 'a/x'], '/etc/x', '0:2'],
    ['a directory in place of a link', ['b/', 'a -> b', 'a/ 700'], '/a', 'directory 700'],
    ['a hard link', ['a', 'b => a'], '/b', '0:0'],
    ['a hard link by another way of writing', ['./a', './b => /a'], '/b', '0:0'],
    ['a hard link keeps the file that its target was', ['a', 'b => a', 'a'], '/b', '0:0'],
    ['a hard link to a hard link', ['a', 'b => a', 'c => b'], '/c', '0:0'],
    ['a hard link to a symbolic link', ['a -> x', 'b => a'], '/b', '-> x'],
    ['a hard link to nothing', ['b => a'], '/b', null],
    ['a whiteout is no file', ['.wh.a'], '/.wh.a', null],
    ['an opaque mark is no file', ['a/.wh..wh..opq'], '/a/.wh..wh..opq', null],
    ['names of AUFS are left out', ['.wh..wh.plnk/x'], '/.wh..wh.aufs', null],
    ['a whiteout leaves its own layer alone, before', ['.wh.a', 'a'], '/a', '0:1'],
    ['and after', ['a', '.wh.a'], '/a', '0:0'],
  ])('%s', (_what, entries, path, expected) => {
    expect(at(path, [entries])).toBe(expected);
  });

  it.each([
    ['leads out', ['../a']],
    ['leads out further down', ['a/../../b']],
    ['is a hard link that leads out', ['a => ../../etc/passwd']],
    ['is a hard link to a directory', ['a/', 'b => a']],
    ['lies below a file', ['a', 'a/b']],
    ['lies below a loop of links', ['a -> b', 'b -> a', 'a/x']],
    ['is a whiteout of nothing', ['a/.wh.']],
    ['is a whiteout of its parent', ['a/.wh...']],
  ])('refuses an entry that %s', (_what, entries) => {
    expect(indexLayer(entries.map(entryOf))).toEqual({ kind: 'invalid', reason: expect.stringContaining('"') });
  });
});

it('a hard link gives the file its own mode and owner, under both names', () => {
  const only = layer(['a 4755', 'b => a 600']);
  for (const path of ['/a', '/b']) expect(lookUpIn(path, [only])?.entry.mode).toBe(0o600);
  expect(lookUpIn('/b', [layer(['a 4755']), layer(['b => a 600'])])?.entry.mode).toBe(0o600);
  expect(lookUpIn('/b', [layer(['a -> x', 'b => a 600'])])?.entry).toMatchObject({ kind: 'symlink', mode: 0o777 });
});

describe('layers over each other', () => {
  it.each<[string, string[][], string, string | null]>([
    ['the upper file wins', [['a'], ['a']], '/a', '1:0'],
    ['the lower one shows', [['a'], ['b']], '/a', '0:0'],
    ['directories merge', [['d/a'], ['d/b']], '/d/a', '0:0'],
    ['a directory has the upper mode', [['d/ 700'], ['d/ 711']], '/d', 'directory 711'],
    ['an implied directory has the lower mode', [['d/ 700'], ['d/x']], '/d', 'directory 700'],
    ['a whiteout hides', [['a'], ['.wh.a']], '/a', null],
    ['a whiteout hides a whole directory', [['d/a'], ['.wh.d']], '/d/a', null],
    ['a whiteout hides everything further down', [['a'], ['a'], ['.wh.a']], '/a', null],
    ['a file comes back above a whiteout', [['a'], ['.wh.a'], ['a']], '/a', '2:0'],
    ['a directory comes back empty', [['d/a'], ['.wh.d'], ['d/b']], '/d/a', null],
    ['also in one layer', [['d/a'], ['.wh.d', 'd/b']], '/d/a', null],
    ['unless it is written itself after the whiteout', [['d/a'], ['.wh.d', 'd/', 'd/b']], '/d/a', '0:0'],
    ['with its new content', [['d/a'], ['.wh.d', 'd/b']], '/d/b', '1:1'],
    ['a whiteout of a name that is not there', [['b'], ['.wh.a']], '/b', '0:0'],
    ['opaque before its siblings', [['d/a'], ['d/.wh..wh..opq', 'd/b']], '/d/b', '1:1'],
    ['hides the lower ones', [['d/a'], ['d/.wh..wh..opq', 'd/b']], '/d/a', null],
    ['opaque after its siblings', [['d/a'], ['d/b', 'd/.wh..wh..opq']], '/d/b', '1:0'],
    ['hides the lower ones too', [['d/a'], ['d/b', 'd/.wh..wh..opq']], '/d/a', null],
    ['opaque hides deeper ones', [['d/e/a'], ['d/.wh..wh..opq']], '/d/e/a', null],
    ['the root cannot be opaque', [['a'], ['.wh..wh..opq', 'b']], '/a', '0:0'],
    ['opaque spares other directories', [['d/a', 'e/a'], ['d/.wh..wh..opq']], '/e/a', '0:1'],
    ['opaque keeps the directory', [['d/ 700', 'd/a'], ['d/.wh..wh..opq']], '/d', 'directory 755'],
    ['a file in place of a directory', [['d/a'], ['d']], '/d/a', null],
    ['a directory in place of a file', [['d'], ['d/a']], '/d', 'directory 755'],
    ['what lies below it', [['d/b'], ['d'], ['d/a']], '/d/b', null],
    ['a directory in place of a file hides what was lower still', [['d/ 700'], ['d'], ['d/a']], '/d', 'directory 755'],
    ['a link in place of a directory', [['d/a'], ['d -> e']], '/d', '-> e'],
    ['and nothing below it', [['d/a'], ['d -> e']], '/d/a', null],
    ['a directory in place of a link', [['bin -> usr/bin', 'usr/bin/sh'], ['bin/x']], '/bin', 'directory 755'],
    ['with just what is in it', [['bin -> usr/bin', 'usr/bin/sh'], ['bin/x']], '/bin/x', '1:0'],
    ['so that the usr-merge is undone', [['bin -> usr/bin', 'usr/bin/sh'], ['bin/x']], '/bin/sh', null],
    ['while the link’s target stays', [['bin -> usr/bin', 'usr/bin/sh'], ['bin/x']], '/usr/bin/sh', '0:1'],
    ['a hard link to a lower file', [['a', 'a2'], ['b => a2']], '/b', '0:1'],
    ['past a layer that has no such file', [['a'], ['x'], ['b => a']], '/b', '0:0'],
    ['a hard link to a lower file that is gone', [['a'], ['.wh.a'], ['b => a']], '/b', null],
    ['a whiteout does not hide the hard link’s own name', [['a'], ['b => a', '.wh.b']], '/b', '0:0'],
    ['a whiteout through a link of its own layer', [['e/a'], ['e/', 'd -> e', 'd/.wh.a']], '/e/a', null],
  ])('%s', (_what, layers, path, expected) => {
    expect(at(path, layers)).toBe(expected);
  });
});

describe('laziness', () => {
  /** The numbers of the layers that a look-up asks for. */
  function asked(path: string, layers: readonly (readonly string[])[]): number[] {
    const numbers: number[] = [];
    const search = lookUp(path, layers.length);
    let turn = search.next();
    while (!turn.done) {
      numbers.push(turn.value);
      turn = search.next(layer(layers[turn.value]!));
    }
    return numbers;
  }

  it.each<[string, string[][], string, number[]]>([
    ['a file of the top', [['a'], ['x'], ['a']], '/a', [2]],
    ['a file of the middle', [['a'], ['a'], ['x']], '/a', [2, 1]],
    ['a whiteout', [['a'], ['.wh.a'], ['x']], '/a', [2, 1]],
    ['an opaque directory', [['d/a'], ['d/.wh..wh..opq']], '/d/a', [1]],
    ['a file in the way', [['d/a'], ['d']], '/d/a', [1]],
    ['a directory with a mode', [['d/'], ['d/']], '/d', [1]],
    ['an implied directory', [['d/'], ['d/a']], '/d', [1, 0]],
    ['nothing', [['a'], ['a']], '/b', [1, 0]],
    ['the root', [['a'], ['a']], '/', []],
  ])('%s', (_what, layers, path, expected) => {
    expect(asked(path, layers)).toEqual(expected);
  });
});
