import { LayerFault } from './layer-fault.ts';

/** Reads the records of a pax extended header: `<length> <key>=<value>\n` (POSIX pax). Throws LayerFault when damaged. */
export function parsePaxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length && data[at] !== 0) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? '' : data.toString('latin1', at, space);
    const end = at + (/^\d{1,9}$/.test(digits) ? Number(digits) : 0);
    const equals = data.indexOf(0x3d, space);
    if (end <= space || end > data.length || data[end - 1] !== 0x0a || equals < 0 || equals >= end) throw damaged();
    records.set(data.toString('utf8', space + 1, equals), data.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
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
