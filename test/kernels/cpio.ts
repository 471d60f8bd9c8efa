/** One file of an initramfs: its path without a leading slash, its permission bits, its content. */
export interface InitramfsFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const padding = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);

function entry(path: string, mode: number, content: Uint8Array, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, mtime, size, device major and minor, rdev major and minor, length of the name, check
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([header, name, padding(header.length + name.length), content, padding(content.length)]);
}

/** An archive in the format "newc", as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst). */
export function initramfs(directories: readonly string[], files: readonly InitramfsFile[]): Buffer {
  const none = new Uint8Array();
  return Buffer.concat([
    ...directories.map((path, i) => entry(path, DIRECTORY | 0o755, none, i + 1)),
    ...files.map(({ path, mode, content }, i) => entry(path, REGULAR | mode, content, 1000 + i)),
    entry('TRAILER!!!', 0, none, 0),
  ]);
}
