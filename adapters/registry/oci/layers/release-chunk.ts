/**
 * Gives the memory of a decompressed chunk back at once. The collector hears of it too late: it lets some 64 MiB of such
 * chunks pile up. `size` is what the decompressor allocates at a time; it goes on to write into what is left of one, so
 * only a chunk that reaches the end is released, and nobody may look at its bytes or those before it any more.
 */
export function releaseChunk(chunk: Buffer, size: number): void {
  const memory = chunk.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength === size && chunk.byteOffset + chunk.length === size) {
    memory.transfer(0);
  }
}
