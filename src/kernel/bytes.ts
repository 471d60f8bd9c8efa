const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text from a file's bytes, for a name or a message. Bytes that are no UTF-8 become U+FFFD; a BOM is kept. */
export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** The bytes of a C string: everything before the first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Length in bytes, as the kernel counts a name. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Whether the bytes of `text` (Latin-1) stand at `offset`. */
export function hasAt(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Numbers out of bytes; the caller has checked that they are there. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes, zero padded or cut to exactly `length`: how the kernel's buffer looks after a short read. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(length);
  all.set(bytes.subarray(0, length));
  return all;
}
