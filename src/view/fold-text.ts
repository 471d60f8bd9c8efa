/** Lines that a chat which cannot unfold anything shows of one code part; the first name the command, the last end the log. */
const FIRST = 5;
const LAST = 9;
/** Characters of one line; digests and commands are shorter. */
const LONGEST_LINE = 600;

/**
 * Long evidence for a place where nothing can be unfolded: its beginning, how much is missing and where that stands, its end.
 * `whole` is what gives all of it (`/execfmt transcript r-7k2m9x`), null when nothing does.
 */
export function foldText(text: string, whole: string | null): string {
  const lines = text.split('\n');
  // One line that says that one line is missing saves nothing.
  if (lines.length <= FIRST + LAST + 1) return lines.map(shorten).join('\n');
  const missing = lines.length - FIRST - LAST;
  const where = whole === null ? '' : `; all of them: ${whole}`;
  return [...lines.slice(0, FIRST), `… ${missing} more lines${where} …`, ...lines.slice(-LAST)].map(shorten).join('\n');
}

function shorten(line: string): string {
  return line.length <= LONGEST_LINE
    ? line
    : `${line.slice(0, LONGEST_LINE)}… (${line.length - LONGEST_LINE} more characters)`;
}
