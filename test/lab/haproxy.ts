import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackage } from './debian-package.ts';

const isArm = process.arch === 'arm64';
const LIBRARIES = [
  ...['libc6', 'libcrypt1', 'libgcc-s1', 'libstdc++6', 'libssl3', 'libpcre2-8-0', 'liblua5.3-0', 'libopentracing1'],
  ...['libopentracing-c-wrapper0', 'libsystemd0', 'libcap2', 'libgcrypt20', 'libgpg-error0', 'liblz4-1', 'liblzma5'],
  ...['libzstd1'],
];

/**
 * The command, as words, that runs the HAProxy of Debian 12 with the libraries it was built for, whatever this machine
 * has; downloaded once, not installed.
 */
export async function haproxyCommand(): Promise<readonly [string, ...string[]]> {
  const root = await debianPackage('haproxy', 'bookworm', isArm ? 'arm64' : 'amd64', LIBRARIES);
  const triplet = isArm ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const folders = [join(root, 'lib', triplet), join(root, 'usr/lib', triplet)].filter((folder) => existsSync(folder));
  const loader = join(root, 'lib', triplet, isArm ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2');
  return [loader, '--library-path', folders.join(':'), join(root, 'usr/sbin/haproxy')];
}
