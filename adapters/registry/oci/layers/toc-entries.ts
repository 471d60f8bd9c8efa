import { LayerFault } from './layer-fault.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
/** One file's line in a table of contents, with its extended attributes. */
const LONGEST_ENTRY = 256 * 1024;
const KEY = Buffer.from('"entries"');

/**
 * The objects of the list `entries` of a table of contents, parsed one by one: the whole document would take several
 * times the memory of its text. Throws LayerFault when it is no such JSON.
 */
export function* tocEntries(json: Buffer): Generator<Readonly<Record<string, unknown>>> {
  let at = json.indexOf(KEY);
  at = at < 0 ? -1 : json.indexOf(OPEN_LIST, at);
  if (at < 0) throw damaged();
  for (at++; ; at++) {
    const byte = json[at];
    if (byte === CLOSE_LIST) return;
    if (byte === OPEN) {
      const end = endOfObject(json, at);
      yield parse(json.toString('utf8', at, end));
      at = end - 1;
    } else if (byte === undefined || byte > 0x2c) throw damaged();
  }
}

/** Where the object that begins at `start` ends; brackets within texts do not count. */
function endOfObject(json: Buffer, start: number): number {
  let depth = 0;
  const limit = Math.min(json.length, start + LONGEST_ENTRY);
  for (let at = start; at < limit; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      for (at++; at < limit && json[at] !== QUOTE; at++) if (json[at] === BACKSLASH) at++;
    } else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  throw damaged();
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw damaged();
  }
}

const damaged = () => new LayerFault('invalid', 'its table of contents is damaged');
