/**
 * Looks into a file whose shape may still be wrong, so that what is written correctly can be checked although something
 * else is not: what has another type counts as absent.
 */
export function entriesOf(value: unknown): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(recordOf(value)).map(([name, entry]) => [name, recordOf(entry)]);
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
