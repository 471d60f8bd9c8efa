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

/**
 * Takes a regular expression apart: characters, classes, anchors, groups, alternatives and quantifiers, as RE2 has them. Null for
 * what can be slow by its nature: looking ahead or back, and repeating what was matched before. `source` must be valid.
 */
export function parsePattern(source: string): readonly PatternSequence[] | null {
  let at = 0;

  function alternatives(): PatternSequence[] | null {
    const found: PatternItem[][] = [[]];
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') {
        at++;
        found.push([]);
        continue;
      }
      const next = item();
      if (next === null) return null;
      found.at(-1)?.push(next);
    }
    return found;
  }

  function item(): PatternItem | null {
    const piece = source[at] === '(' ? group() : atom();
    if (piece === null) return null;
    const [min, max, lazy] = quantifier();
    return { ...piece, min, max, lazy };
  }

  function atom() {
    ATOM.lastIndex = at;
    const found = ATOM.exec(source)?.[0];
    if (found === undefined) return null;
    at += found.length;
    return { source: found, group: null, anchor: /^(?:\^|\$|\\b|\\B)$/.test(found) };
  }

  function group() {
    const open = /^\((?!\?)|^\(\?:|^\(\?<\w+>/.exec(source.slice(at, at + 80))?.[0];
    if (open === undefined) return null;
    const from = at;
    at += open.length;
    const inside = alternatives();
    at++;
    return inside && { source: source.slice(from, at), group: inside, anchor: false };
  }

  function quantifier(): [min: number, max: number, lazy: boolean] {
    QUANTIFIER.lastIndex = at;
    const found = QUANTIFIER.exec(source);
    if (found === null) return [1, 1, false];
    at += found[0].length;
    const [, sign, from, comma, to, lazy] = found;
    const [min, max] = TIMES[sign ?? ''] ?? [
      Number(from),
      comma === undefined ? Number(from) : Number(to || 'Infinity'),
    ];
    return [min, max, lazy !== undefined];
  }

  return alternatives();
}
