/** A piece of a regular expression that is matched as a whole, and how often. */
export interface PatternItem {
  readonly source: string;
  /** Of a group: its alternatives. Null for a single character or a class of them. */
  readonly group: readonly PatternSequence[] | null;
  /** `^`, `$`, `\b`, `\B`: it matches between characters. */
  readonly anchor: boolean;
  readonly min: number;
  /** Infinity without an end. */
  readonly max: number;
  /** `?` behind the quantifier. */
  readonly lazy: boolean;
}

export type PatternSequence = readonly PatternItem[];

/** A character that is escaped (`\d`, `\p{L}`, `\u{1F600}`), a class, or any other one. */
const ATOM =
  /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|[^1-9kpPuxc])|\[(?:\\.|[^\]\\])*\]|[^\\()[\]|?*+{}]/uy;
const QUANTIFIER = /(?:([?*+])|\{(\d+)(?:(,)(\d*))?\})(\?)?/y;
const TIMES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  '?': [0, 1],
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
};

/** Where the reading of an expression is. */
interface Reading {
  readonly source: string;
  at: number;
}

type Piece = Omit<PatternItem, 'min' | 'max' | 'lazy'>;

/**
 * Takes a regular expression apart: characters, classes, anchors, groups, alternatives and quantifiers, as RE2 has them. Null for
 * what can be slow by its nature: looking ahead or back, and repeating what was matched before. `source` must be valid.
 */
export function parsePattern(source: string): readonly PatternSequence[] | null {
  return readAlternatives({ source, at: 0 });
}

function readAlternatives(reading: Reading): PatternSequence[] | null {
  const { source } = reading;
  const found: PatternItem[][] = [[]];
  while (reading.at < source.length && source[reading.at] !== ')') {
    if (source[reading.at] === '|') {
      reading.at++;
      found.push([]);
      continue;
    }
    const piece = source[reading.at] === '(' ? readGroup(reading) : readAtom(reading);
    if (piece === null) return null;
    found.at(-1)?.push({ ...piece, ...readQuantifier(reading) });
  }
  return found;
}

function readAtom(reading: Reading): Piece | null {
  ATOM.lastIndex = reading.at;
  const source = ATOM.exec(reading.source)?.[0];
  if (source === undefined) return null;
  reading.at += source.length;
  return { source, group: null, anchor: /^(?:\^|\$|\\b|\\B)$/.test(source) };
}

function readGroup(reading: Reading): Piece | null {
  const from = reading.at;
  const open = /^\((?!\?)|^\(\?:|^\(\?<\w+>/.exec(reading.source.slice(from, from + 80))?.[0];
  if (open === undefined) return null;
  reading.at += open.length;
  const group = readAlternatives(reading);
  reading.at++;
  return group && { source: reading.source.slice(from, reading.at), group, anchor: false };
}

function readQuantifier(reading: Reading): Pick<PatternItem, 'min' | 'max' | 'lazy'> {
  QUANTIFIER.lastIndex = reading.at;
  const found = QUANTIFIER.exec(reading.source);
  if (found === null) return { min: 1, max: 1, lazy: false };
  reading.at += found[0].length;
  const [, sign, from, comma, to, lazy] = found;
  const exact = [Number(from), comma === undefined ? Number(from) : Number(to || 'Infinity')] as const;
  const [min, max] = TIMES[sign ?? ''] ?? exact;
  return { min, max, lazy: lazy !== undefined };
}
