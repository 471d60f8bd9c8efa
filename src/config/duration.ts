/** Durations as people write them: `30m`, `1h30m`, `500ms`. */
export const DURATION_PATTERN = /^(?:\d{1,9}(?:ms|s|m|h|d))+$/;

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest duration that is accepted, in milliseconds: a timer of Node cannot wait longer than 24 days. */
const LONGEST_DURATION_MS = 14 * 86_400_000;

/** Milliseconds of a duration such as `30m`; null when it is none, is zero or longer than 14 days. */
export function parseDuration(text: string): number | null {
  if (!DURATION_PATTERN.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (MILLISECONDS[unit ?? ''] ?? 0);
  }
  return total > 0 && total <= LONGEST_DURATION_MS ? total : null;
}
