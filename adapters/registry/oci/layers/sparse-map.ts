import { LayerFault } from './layer-fault.ts';
import { paxNumber } from './pax-records.ts';

/** A stretch of a sparse file that is stored; what lies between is zero. In bytes of the file as it is unpacked. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** Stretches of one file; GNU tar writes one for each run of data, so a real file has far fewer. */
const MOST_STRETCHES = 100_000;

/** The pairs in pax records of the formats 0.0 (one record a number, as they came) and 0.1 (one list); null for others. */
export function stretchesOfRecords(
  records: ReadonlyMap<string, string>,
  pairs: readonly string[],
): readonly Stretch[] | null {
  const list = records.get('GNU.sparse.map');
  const numbers = list !== undefined ? list.split(',') : pairs;
  if (numbers.length === 0 || (list === undefined && !records.has('GNU.sparse.numblocks'))) return null;
  return stretchesOf(list === '' ? [] : numbers.map(Number));
}

/** Pairs of offset and length, which must go up and lie apart. Throws LayerFault otherwise. */
export function stretchesOf(numbers: readonly number[]): readonly Stretch[] {
  if (numbers.length % 2 !== 0 || numbers.length > 2 * MOST_STRETCHES) throw damaged();
  const stretches: Stretch[] = [];
  let end = 0;
  for (let at = 0; at < numbers.length; at += 2) {
    const [offset = Number.NaN, length = Number.NaN] = [numbers[at], numbers[at + 1]];
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < end || length < 0) throw damaged();
    end = offset + length;
    if (!Number.isSafeInteger(end)) throw damaged();
    // A stretch of nothing marks the file's end.
    if (length > 0) stretches.push({ offset, length });
  }
  return stretches;
}

/** The four pairs in the header of an old GNU sparse file, or the 21 of a header block that follows it. */
export function* oldGnuPairs(block: Buffer, from: number, count: number): Generator<[Buffer, Buffer]> {
  for (let index = 0; index < count; index++) {
    const at = from + index * 24;
    if (block[at] === 0) return;
    yield [block.subarray(at, at + 12), block.subarray(at + 12, at + 24)];
  }
}

/** Whether the map stands at the beginning of the content (pax format 1.0). */
export const mapIsInContent = (records: ReadonlyMap<string, string>): boolean =>
  paxNumber(records, 'GNU.sparse.major') === 1 && paxNumber(records, 'GNU.sparse.minor') === 0;

/**
 * Reads the map of the format 1.0 out of the content: a count and the pairs, one decimal number a line, filled up to
 * blocks. It is given block after block; the stretches, or null while it needs another one.
 */
export function contentMapReader(): (block: Buffer) => readonly Stretch[] | null {
  let text = '';
  let at = 0;
  let wanted = -1;
  const numbers: number[] = [];
  return (block) => {
    text = text.slice(at) + block.toString('latin1');
    at = 0;
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      const digits = text.slice(at, end);
      if (!/^\d{1,16}$/.test(digits)) throw damaged();
      at = end + 1;
      if (wanted < 0) wanted = 2 * Number(digits);
      else numbers.push(Number(digits));
      if (wanted > 2 * MOST_STRETCHES) throw damaged();
      if (numbers.length === wanted) return stretchesOf(numbers);
    }
    if (text.length - at > 16) throw damaged();
    return null;
  };
}

const damaged = () => new LayerFault('invalid', 'its tar archive has a damaged map of a sparse file');
