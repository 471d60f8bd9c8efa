/** Names longer than this are not compared: nobody mistypes those by hand, and the comparison is quadratic. */
const LONGEST = 128;

/**
 * The candidates that `word` was probably meant to be, nearest first, at most `max`: those within a third of its length in
 * insertions, deletions, replacements and swapped neighbours. Letter case counts for nothing.
 */
export function nearest(word: string, candidates: readonly string[], max: number): string[] {
  if (word.length < 2 || word.length > LONGEST) return [];
  const limit = Math.max(1, Math.floor(word.length / 3));
  return [...new Set(candidates)]
    .filter((name) => name.length <= LONGEST && Math.abs(name.length - word.length) <= limit)
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, max)
    .map(({ name }) => name);
}

/** Optimal string alignment distance (Damerau–Levenshtein without editing a substring twice). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const now = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(at(last, column) + 1, at(now, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1] && !same;
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      now.push(cost);
    }
    beforeLast = last;
    last = now;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
