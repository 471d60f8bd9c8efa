/** Shorter values (`1`, `yes`, `prod`) are no secrets, and hiding them would make a log unreadable. */
const SHORTEST = 4;
/** Shorter ones are hidden only where they stand alone: `info` is not hidden in `information`. */
const SHORTEST_INSIDE = 8;

/**
 * A function that hides the values of a container's environment in a text that it wrote. PATH and values that are part of
 * the command, which is shown anyway, stay. Values of several lines are hidden line by line.
 */
export function redactEnvironment(
  env: readonly string[] | null | undefined,
  command: readonly string[],
): (text: string) => string {
  const shown = new Set(command);
  const hidden = (env ?? []).flatMap((entry) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, at);
    if (at < 1 || name === 'PATH') return [];
    const values = entry.slice(at + 1).split(/\r?\n/);
    return values
      .map((value) => value.trim())
      .filter((value) => value.length >= SHORTEST && !shown.has(value))
      .map((value) => ({ name, value }));
  });
  // The longest first, so that no part of one value is left when another is the beginning of it.
  hidden.sort((a, b) => b.value.length - a.value.length);
  const patterns = hidden.map(({ name, value }) => ({ pattern: patternOf(value), mark: `[value of ${name}]` }));
  return (text) => patterns.reduce((line, { pattern, mark }) => line.replace(pattern, () => mark), text);
}

function patternOf(value: string): RegExp {
  const literal = value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(value.length >= SHORTEST_INSIDE ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g');
}
