/** The candidates that are near enough to be meant, nearest first, at most `most`. */
export function nearest(word: string, candidates: readonly string[], most: number): readonly string[] {
  const wanted = word.toLowerCase().slice(0, LONGEST);
  return candidates
    .map((candidate) => ({ candidate, far: howFar(wanted, candidate.toLowerCase().slice(0, LONGEST)) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.floor(Math.min(wanted.length, candidate.length) / 3)))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Names are compared by their beginnings: the effort stays bounded whatever comes in. */
const LONGEST = 100;

/** Part of a longer name counts as near: `renderer` is meant to find `pdf-renderer`. */
function howFar(word: string, candidate: string): number {
  if (word.length >= 3 && candidate.includes(word)) return 1;
  return editDistance(word, candidate);
}

/** Optimal string alignment distance: insertions, deletions, substitutions, and neighbours that were swapped. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      now[column] = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = now;
  }
  return last[b.length] ?? 0;
}
