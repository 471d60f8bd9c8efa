/** Reads a body to its end, or until it has given more than `cap` bytes: these, and whether that is all. Rejects as the body does. */
export async function readCapped(
  body: AsyncIterable<Uint8Array>,
  cap: number,
): Promise<{ bytes: Buffer<ArrayBuffer>; whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const room = cap - size;
    size += chunk.length;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (size > cap) break;
  }
  return { bytes: Buffer.concat(chunks), whole: size <= cap };
}
