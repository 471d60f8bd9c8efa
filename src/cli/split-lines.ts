const NEWLINE = 0x0a;

/** A line of the input; null in place of one that is longer than it may be. */
export type Line = string | null;

/**
 * Splits bytes into lines of at most `longest` bytes, as many as have come; what is left without a newline at the end is
 * a line too. No more than one line is held, however long it is.
 */
export async function* splitLines(source: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Line[]> {
  let pending: Uint8Array[] = [];
  let length = 0;
  const take = (): Line => {
    const line = length > longest ? null : Buffer.concat(pending).toString('utf8');
    pending = [];
    length = 0;
    return line;
  };
  for await (const chunk of source) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      lines.push(take());
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
    yield lines;
  }
  if (length > 0) yield [take()];

  function add(part: Uint8Array): void {
    length += part.length;
    if (length > longest) pending = [];
    else pending.push(part);
  }
}
