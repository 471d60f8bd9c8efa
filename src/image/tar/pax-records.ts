import { TarError } from './tar-error.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const NEWLINE = 0x0a;
const BLANK = 0x20;
const EQUALS = 0x3d;

/** Reads the records of a pax extended header: `<length> <key>=<value>\n` (POSIX pax). Throws TarError when damaged. */
export function parsePaxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(BLANK, at);
    const digits = space < 0 ? '' : utf8.decode(bytes.subarray(at, space));
    const end = at + (/^\d{1,9}$/.test(digits) ? Number(digits) : 0);
    const equals = bytes.indexOf(EQUALS, space);
    const whole = end > space && end <= bytes.length && bytes[end - 1] === NEWLINE && equals >= 0 && equals < end;
    if (!whole) throw damaged();
    const key = utf8.decode(bytes.subarray(space + 1, equals));
    records.set(key, utf8.decode(bytes.subarray(equals + 1, end - 1)));
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

const damaged = () => new TarError('its tar archive has a damaged extended header');
