import type { Redact } from './create-redact.ts';

/**
 * The same plain data with every text in it redacted. Texts in a list are lines of one text to a secret that spans them: a list
 * gets shorter when a private key over several of its lines is removed.
 */
export function redactDeep<T>(value: T, redact: Redact): T {
  return clean(value, redact) as T;
}

function clean(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (isLines(value)) return cleanLines(value, redact);
  if (Array.isArray(value)) return value.map((each) => clean(each, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each, redact)]));
}

const isLines = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 1 && value.every((each) => typeof each === 'string' && !each.includes('\n'));

function cleanLines(lines: readonly string[], redact: Redact): readonly string[] {
  const whole = lines.join('\n');
  const redacted = redact(whole);
  return redacted === whole ? lines : redacted.split('\n');
}
