const LONGEST = 512;

/** A text from outside as one line of at most 512 characters; null when nothing is left of it. */
export function oneLine(text: string | null): string | null {
  return (
    text
      ?.slice(0, LONGEST)
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .trim() || null
  );
}
