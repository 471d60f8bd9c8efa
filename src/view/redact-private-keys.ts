const MARK = /-{4,5} ?(BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
const REMOVED = '[removed: private key]';

/** A line end, a real one or one that was escaped once or more, and blank lines. */
const LINE_END = /(?:[ \t]*(?:\r?\n|\\{1,15}r?n|\\{1,15}r\\{1,15}n))+/y;
/** What a key may say of itself before its letters: RFC 1421, OpenPGP. */
const HEADER = /[^\n\\"']{0,120}?(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Subject): [^\n\\"']{0,200}/y;
/** A line of a key behind what a log or an indentation puts before each line. */
const LONG_LINE = /(?:[^\n\\"']{0,120}?[^A-Za-z0-9+/=\n\\"'])?[A-Za-z0-9+/=]{40,}(?![^\s\\"'`,;)}\]<])/y;
/** All that is left of a key on the line of its beginning. */
const SAME_LINE = /(?:[ \t]*[A-Za-z0-9+/=]{40,})+(?:[ \t]+[A-Za-z0-9+/=]+)?/y;
const LAST_LINE = /[A-Za-z0-9+/=]+(?:(?:\r?\n|\\n)=[A-Za-z0-9+/]{4})?(?![^\s\\"'`,;)}\]<])/y;
/** A key that was cut in its first line is told from a word by a digit. */
const ONLY_LINE = /(?=[A-Za-z+/=]{0,80}\d)[A-Za-z0-9+/=]{8,}(?![^\s\\"'`,;)}\]<])/y;

/**
 * Removes private keys in PEM (RFC 7468), of ssh and of PGP: with real line ends or escaped ones, indented, behind the prefixes of
 * a log, and also the half that is left of one where a log was cut. Certificates and public keys stay.
 */
export function redactPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const marks = [...text.matchAll(MARK)];
  let clean = '';
  let done = 0;
  for (const [index, mark] of marks.entries()) {
    if (mark.index < done) continue;
    const from = mark.index;
    const to = from + mark[0].length;
    if (mark[1] === 'END') {
      clean += withoutHalf(text.slice(done, from));
      done = to;
      continue;
    }
    const next = marks[index + 1];
    const end = next?.[1] === 'END' ? next.index + next[0].length : bodyEnd(text, to);
    // A mark without any key behind it is a sentence about keys.
    if (end === to) continue;
    clean += text.slice(done, from) + REMOVED;
    done = end;
  }
  return clean + text.slice(done);
}

/** Where `pattern` ends when it fits at `from`; null when it does not. */
function fits(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Where a key without its end leaves off: behind the lines of base64 that follow. `from` when there are none. */
function bodyEnd(text: string, from: number): number {
  let end = fits(SAME_LINE, text, from) ?? from;
  let prefix: number | null = null;
  for (;;) {
    const line = fits(LINE_END, text, end);
    if (line === null) return end;
    const long = fits(LONG_LINE, text, line);
    if (long !== null) {
      prefix ??= lettersBefore(text, line, long);
      end = long;
      continue;
    }
    const header = prefix === null ? fits(HEADER, text, line) : null;
    if (header === null) return fits(prefix === null ? ONLY_LINE : LAST_LINE, text, line + (prefix ?? 0)) ?? end;
    end = header;
  }
}

/** How many letters stand before the base64 of a line. */
function lettersBefore(text: string, from: number, to: number): number {
  return text.slice(from, to).search(/[A-Za-z0-9+/=]+$/);
}

/** Removes from the text before an end without its beginning the lines of base64 that it closes. */
function withoutHalf(before: string): string {
  const escaped = before.lastIndexOf('\\n') > before.lastIndexOf('\n');
  const separator = escaped ? '\\n' : '\n';
  const lines = before.split(separator);
  const prefix = lines.at(-1) ?? '';
  let kept = lines.length - 1;
  let rest = '';
  for (; kept > 0; kept--) {
    const line = (lines[kept - 1] ?? '').replace(/\r$/, '');
    const letters = /[A-Za-z0-9+/=]*$/.exec(line.slice(-200))?.[0].length ?? 0;
    const ahead = line.slice(0, line.length - letters);
    if (letters === 0 || (ahead !== prefix && letters < 40)) break;
    if (ahead.length <= prefix.length) continue;
    // The first line may have more before it, such as the beginning of a record.
    rest = ahead;
    kept--;
    break;
  }
  const whole = lines.slice(0, kept).map((line) => `${line}${separator}`);
  return `${whole.join('')}${rest || prefix}${REMOVED}`;
}
