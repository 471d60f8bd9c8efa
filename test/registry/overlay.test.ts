import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TreeEntry } from '../../src/kernel/file-tree.ts';
import type { OpenedImage } from '../../src/ports/image-source.ts';
import { busybox } from '../lab/busybox.ts';
import { type PrivateEngine, startPrivateEngine } from '../lab/private-engine.ts';
import { suite } from '../lab/requirements.ts';
import { imageOf, sha256, stored, type TarFile, tarOf } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectKnown, never, sourceFor } from './open-source.ts';

const run = promisify(execFile);
const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const folder = (name: string, mode = 0o755, uid = 0): TarFile => ({ name, type: 'directory', mode, uid });
const file = (name: string, content = name, mode = 0o644): TarFile => ({ name, content, mode });
const link = (name: string, linkname: string): TarFile => ({ name, type: 'symlink', linkname });
const hard = (name: string, linkname: string): TarFile => ({ name, type: 'link', linkname });

/**
 * Lowest first. Each folder of the root is a case of its own; what is in it is told by its name. No name stands twice in
 * a layer, and no hard link leads to a lower one: this engine refuses both, while containerd takes them.
 */
const LAYERS: readonly (readonly TarFile[])[] = [
  [
    folder('./', 0o700, 5),
    folder('whiteout'),
    file('whiteout/gone'),
    file('whiteout/stays'),
    folder('whiteout/dir'),
    file('whiteout/dir/below'),
    folder('opaque', 0o711, 3),
    file('opaque/gone'),
    folder('opaque/deep'),
    file('opaque/deep/gone'),
    folder('replaced'),
    file('replaced/file'),
    folder('replaced/dir'),
    file('replaced/dir/below'),
    link('replaced/link', 'dir'),
    folder('links'),
    file('links/target'),
    link('links/absolute', '/links/target'),
    link('links/loop', 'loop'),
    link('links/up', '../../../links/target'),
    folder('hard'),
    file('hard/lower', 'lower', 0o4755),
    hard('hard/same', '/hard/lower'),
    file('hard/away'),
    folder('usr'),
    folder('usr/bin'),
    file('usr/bin/tool', 'tool', 0o755),
    link('merged', 'usr/bin'),
    folder('modes', 0o750, 9),
    folder('modes/kept', 0o700, 9),
    file('implied/without/entries'),
    folder('pax'),
    { ...file('pax/owner'), pax: { uid: '3000000', gid: '4000000' } },
    file(`pax/${'long'.repeat(60)}`),
    { name: 'pax/ü', content: 'u' },
    file('./dotted/a'),
    file('/absolute/a'),
    file('climbs/x/../a'),
  ],
  [
    file('whiteout/.wh.gone', ''),
    file('whiteout/.wh.dir', ''),
    file('opaque/new'),
    file('opaque/.wh..wh..opq', ''),
    folder('opaque', 0o700, 4),
    folder('replaced'),
    folder('replaced/file'),
    file('replaced/file/now'),
    file('replaced/dir', 'a file now'),
    folder('replaced/link'),
    file('replaced/link/x'),
    file('hard/upper', 'upper'),
    hard('hard/again', 'hard/upper'),
    file('hard/.wh.away', ''),
    file('merged/other', 'other', 0o755),
    file('modes/kept/new'),
    folder('modes', 0o701, 8),
    folder('same'),
    link('same/link', 'real'),
    folder('same/real'),
    file('same/link/through'),
    file('implied/without/more'),
  ],
  [
    file('whiteout/gone', 'back'),
    folder('whiteout/dir'),
    file('whiteout/dir/new'),
    folder('opaque', 0o700, 4),
    file('opaque/gone', 'back'),
    file('replaced/.wh.dir', ''),
    file('implied/without/.wh.more', ''),
    file('hard/.wh.lower', ''),
  ],
];

suite('an image’s files and what a container of it sees', ['engine', 'debian-binaries', 'x86-64'], () => {
  let engine: PrivateEngine;
  let registry: TestRegistry;
  let scratch: string;
  let image: OpenedImage;
  let seen: Map<string, { entry: TreeEntry; content: string }>;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'execfmt-overlay-'));
    [engine, registry] = await Promise.all([startPrivateEngine(), startRegistry()]);
    const shell = { name: 'busybox', content: await readFile(await busybox('amd64')), mode: 0o755 };
    const [lowest = [], ...rest] = LAYERS;
    const archives = await Promise.all([[shell, ...lowest], ...rest].map(tarOf));
    const layers = archives.map((archive) => stored(archive, 'application/vnd.oci.image.layer.v1.tar'));
    registry.push('x', imageOf('linux/amd64', layers), 'v1');
    image = expectKnown(await sourceFor(registry.host).open(`${registry.host}/x:v1`, AMD64, never));
    await loadInto(engine, archives, scratch);
    seen = await lookAround(engine);
  });
  afterAll(async () => {
    engine?.stop();
    await registry?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  it('has every file that the container has, with kind, mode, owner, size, target and content', async () => {
    expect(seen.size).toBeGreaterThan(40);
    // Here this engine makes the directory anew; containerd keeps the lower layer’s mode and owner, and so do we.
    expect(seen.get('/modes/kept')?.entry).toMatchObject({ mode: 0o755, uid: 0 });
    expect(await image.files.lstat('/modes/kept')).toMatchObject({ mode: 0o700, uid: 9 });
    for (const [path, { entry, content }] of seen) {
      if (path === '/modes/kept') continue;
      expect(await image.files.lstat(path), path).toEqual(entry);
      if (entry.kind === 'file' && entry.size < 1000) {
        expect(Buffer.from(await image.files.read(path, 0, 1000)).toString(), path).toBe(content);
      }
    }
  });

  it('has no file that the container does not have', async () => {
    const names = LAYERS.flat().map(({ name }) =>
      `/${name}`.replaceAll(/\/(?:\.?\/)+|\/$/g, '/').replaceAll('.wh.', ''),
    );
    for (const name of names) {
      const path = name === '/' ? name : name.replace(/\/$/, '');
      if (!seen.has(path) && !path.includes('..')) expect(await image.files.lstat(path), path).toBeNull();
    }
  });
});

/** Loads an image archive as `docker save` writes it. */
async function loadInto(engine: PrivateEngine, archives: readonly Buffer[], scratch: string): Promise<void> {
  const config = {
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: archives.map(sha256) },
  };
  const manifest = [{ Config: 'config.json', RepoTags: ['x:v1'], Layers: archives.map((_, at) => `${at}.tar`) }];
  const path = join(scratch, 'image.tar');
  const archive = await tarOf([
    { name: 'config.json', content: JSON.stringify(config) },
    ...archives.map((content, at) => ({ name: `${at}.tar`, content })),
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ]);
  await writeFile(path, archive);
  await run('docker', ['-H', `unix://${engine.socket}`, 'load', '-i', path], { timeout: 60_000 });
}

/** Everything in a container of it but what the engine adds, as stat(1) says. */
async function lookAround(engine: PrivateEngine): Promise<Map<string, { entry: TreeEntry; content: string }>> {
  const script =
    '/busybox find / -xdev | /busybox grep -vE "^/(proc|sys|dev|etc|[.]dockerenv|busybox)(/|$)" | while IFS= read -r path; do ' +
    '/busybox stat -c "%n|%F|%a|%u|%g|%s|" "$path"; ' +
    'if [ -L "$path" ]; then /busybox readlink "$path"; else [ -f "$path" ] && /busybox cat "$path"; echo; fi; done';
  const args = [
    '-H',
    `unix://${engine.socket}`,
    'run',
    '--rm',
    '--network=none',
    'x:v1',
    '/busybox',
    'sh',
    '-c',
    script,
  ];
  const { stdout } = await run('docker', args, { timeout: 60_000, maxBuffer: 1e7 });
  const lines = stdout.split('\n');
  const found = new Map<string, { entry: TreeEntry; content: string }>();
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [path = '', type = '', mode = '', uid, gid, size] = lines[at]!.split('|');
    const content = lines[at + 1] ?? '';
    const kind = type.includes('directory') ? 'directory' : type.includes('link') ? 'symlink' : 'file';
    const owner = { uid: Number(uid), gid: Number(gid) };
    const entry = {
      kind,
      mode: Number.parseInt(mode, 8),
      ...owner,
      size: kind === 'directory' ? 0 : Number(size),
    } as const;
    found.set(path, { entry: kind === 'symlink' ? { ...entry, target: content } : entry, content });
  }
  return found;
}
