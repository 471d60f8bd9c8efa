/** Fields of a tar header that a writer library would not write. */
export interface RawHeader {
  readonly name: string;
  readonly type?: string;
  readonly size?: number;
  readonly linkName?: string;
  readonly mode?: number;
  /** Written in place of the size field’s digits. */
  readonly sizeField?: Buffer;
}

/** One header block, with its checksum (POSIX ustar). */
export function tarHeader({ name, type = '0', size = 0, linkName = '', mode = 0o755, sizeField }: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'utf8');
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100, 'latin1');
  block.write('0000000\x000000000\0', 108, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  sizeField?.copy(block, 124);
  block.write('00000000000\0', 136, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(linkName, 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  return sealHeader(block);
}

/** Writes the checksum of a header block; historic writers summed signed bytes. */
export function sealHeader(block: Buffer, signed = false): Buffer {
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + (signed && byte > 127 ? byte - 256 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Content filled up to whole blocks. */
export function tarContent(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

export const TAR_END = Buffer.alloc(1024);

/** One record of a pax extended header. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (Buffer.byteLength(`${length}${rest}`) !== length) length++;
  return `${length}${rest}`;
}
