import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackage, type Release } from './debian-package.ts';

const isArm = process.arch === 'arm64';
const LIBRARIES: Readonly<Record<Release, readonly string[]>> = {
  bookworm: [
    'libssl3',
    'liblua5.3-0',
    'libopentracing-c-wrapper0',
    'libgcrypt20',
    'libgpg-error0',
    'liblz4-1',
    'liblzma5',
  ],
  trixie: ['libssl3t64', 'liblua5.4-0', 'libopentracing-c-wrapper0t64', 'libjemalloc2', 'zlib1g'],
};
const OF_BOTH = [
  ...['libc6', 'libcrypt1', 'libgcc-s1', 'libstdc++6', 'libpcre2-8-0', 'libopentracing1'],
  ...['libsystemd0', 'libcap2', 'libzstd1'],
];

const architecture = isArm ? 'arm64' : 'amd64';

/** The folder with the HAProxy of a Debian release (2.6 of bookworm, 3.0 of trixie) and its libraries; downloaded once, not installed. */
export function haproxyRoot(release: Release): Promise<string> {
  return debianPackage('haproxy', release, architecture, [...OF_BOTH, ...LIBRARIES[release]]);
}

/** The command, as words, that runs it with the libraries it was built for, whatever this machine has. */
export async function haproxyCommand(release: Release): Promise<readonly [string, ...string[]]> {
  const root = await haproxyRoot(release);
  const triplet = isArm ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const folders = [join(root, 'lib', triplet), join(root, 'usr/lib', triplet)].filter((folder) => existsSync(folder));
  const name = isArm ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2';
  const loader = folders.map((folder) => join(folder, name)).find(existsSync);
  if (loader === undefined) throw new Error(`libc6 of ${release} has no ${name}.`);
  return [loader, '--library-path', folders.join(':'), join(root, 'usr/sbin/haproxy')];
}
