import { type PatternItem, type PatternSequence, parsePattern } from './parse-pattern.ts';

const LONGEST_PATTERN = 300;
/** Shorter matches would take half of a log with them. */
const SHORTEST_MATCH = 4;
/** Where a repetition without an end ends, so that the time stays in proportion to the text; the last one never fails and needs none. */
const END = 256;
/** One repetition without an end, and a few alternatives. */
const MOST_WAYS = 8 * END;
/** Characters that are tried to see whether two pieces can match the same one. */
const SOME = [...Array(0x250).keys(), 0x2028, 0x4e00, 0x1f600].map((code) => String.fromCodePoint(code));

/**
 * Says why a regular expression cannot be used on untrusted text, in words without the expression; null when it can. What is
 * refused could take time beyond all proportion (as RE2 refuses it), or would remove everything.
 */
export function patternMistake(source: string): string | null {
  if (source.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters; make several of it`;
  try {
    new RegExp(source, 'u');
  } catch (error) {
    const why = error instanceof Error ? error.message.split(': ').at(-1) : 'unknown';
    return `is not a regular expression of JavaScript with the flag u (${why})`;
  }
  const parsed = parsePattern(source);
  if (parsed === null) return 'uses lookaround, a flag or a back-reference, which can be slow; write it without';
  if (parsed.some(hasNested)) {
    return 'repeats a group that has a repetition or alternatives in it, which can be slow; repeat single characters or classes';
  }
  if (parsed.reduce((sum, each) => sum + waysOf(each, true), 0) > MOST_WAYS) {
    return 'can be tried in too many ways, which can be slow; put something fixed between its repetitions, or limit them as in {0,8}';
  }
  if (Math.min(...parsed.map(shortest)) < SHORTEST_MATCH) {
    return `can match fewer than ${SHORTEST_MATCH} characters and would remove too much; make it longer`;
  }
  return null;
}

/** The same expression with an end for every repetition that something follows. */
export function boundedPattern(source: string): string {
  return writeAll(parsePattern(source) ?? [], true);
}

function writeAll(sequences: readonly PatternSequence[], isWhole: boolean): string {
  const write = (sequence: PatternSequence) =>
    sequence.map((item, index) => writeItem(item, isWhole && index === sequence.length - 1)).join('');
  return sequences.map(write).join('|');
}

function writeItem({ source, group, min, max, lazy }: PatternItem, isLast: boolean): string {
  const piece = group === null ? source : `(?:${writeAll(group, false)})`;
  if (min === 1 && max === 1) return piece;
  const end = max < Number.POSITIVE_INFINITY ? max : isLast && group === null ? '' : min + END;
  return `${piece}{${min},${end}}${lazy ? '?' : ''}`;
}

function hasNested(sequence: PatternSequence): boolean {
  return sequence.some(({ group, max }) => {
    if (group === null) return false;
    const varied = group.length > 1 || group.flat().some((inner) => inner.min !== inner.max || inner.group !== null);
    return (max > 1 && varied) || group.some(hasNested);
  });
}

/** In how many ways a sequence can be tried at one place before it is given up. */
function waysOf(sequence: PatternSequence, isLast: boolean): number {
  return sequence.reduce((product, item, index) => {
    const rest = sequence.slice(index + 1);
    return product * (item.group === null ? waysOfRepeating(item, rest, isLast) : waysOfGroup(item, item.group));
  }, 1);
}

function waysOfGroup({ min, max }: PatternItem, group: readonly PatternSequence[]): number {
  const ways = group.reduce((sum, each) => sum + waysOf(each, false), 0);
  return min === max ? ways : ways + 1;
}

/** What is repeated gives back none of what it matched when nothing follows, or something that it could not match itself. */
function waysOfRepeating(item: PatternItem, rest: PatternSequence, isLast: boolean): number {
  const next = rest.find(({ anchor }) => !anchor);
  if (rest.length === 0 ? isLast : next !== undefined && isApart(item, next)) return 1;
  return Math.min(item.max - item.min, END) + 1;
}

/** Whether no character fits both: then the first one ends where the second begins, and nothing is tried twice. */
function isApart(item: PatternItem, next: PatternItem): boolean {
  if (next.group !== null || next.min === 0) return false;
  const [one, other] = [item, next].map(({ source }) => new RegExp(`^(?:${source})$`, 'u'));
  return !SOME.some((character) => one?.test(character) && other?.test(character));
}

function shortest(sequence: PatternSequence): number {
  return sequence.reduce((sum, { group, anchor, min }) => {
    const once = anchor ? 0 : group === null ? 1 : Math.min(...group.map(shortest));
    return sum + once * min;
  }, 0);
}
