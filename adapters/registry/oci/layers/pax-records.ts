import { LayerFault } from './layer-fault.ts';

/** The records of one pax extended header. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, string>;
  /** The numbers of a sparse map of the format 0.0, which repeats its keys: offset, length, offset, length… */
  readonly sparsePairs: readonly string[];
}

export const NO_RECORDS: PaxRecords = { values: new Map(), sparsePairs: [] };

/** Reads the records of a pax extended header: `<length> <key>=<value>\n` (POSIX pax). Throws LayerFault when damaged. */
export function parsePaxRecords(data: Buffer): PaxRecords {
  const values = new Map<string, string>();
  const sparsePairs: string[] = [];
  let at = 0;
  while (at < data.length && data[at] !== 0) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? '' : data.toString('latin1', at, space);
    const end = at + (/^\d{1,9}$/.test(digits) ? Number(digits) : 0);
    const equals = data.indexOf(0x3d, space);
    if (end <= space || end > data.length || data[end - 1] !== 0x0a || equals < 0 || equals >= end) throw damaged();
    const key = data.toString('utf8', space + 1, equals);
    const value = data.toString('utf8', equals + 1, end - 1);
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') sparsePairs.push(value);
    else values.set(key, value);
    at = end;
  }
  return { values, sparsePairs };
}

/** A decimal number of a record; null when the record is not there. */
export function paxNumber(records: ReadonlyMap<string, string>, key: string): number | null {
  const text = records.get(key);
  if (text === undefined || text === '') return null;
  const value = /^\d+(?:\.\d*)?$/.test(text) ? Math.trunc(Number(text)) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw damaged();
  return value;
}

const damaged = () => new LayerFault('invalid', 'its tar archive has a damaged extended header');
