/** One way to log in that a registry offers in WWW-Authenticate (RFC 9110, 11.6.1). Names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/y;
const VALUE = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
/** A token68, as Negotiate sends it; it ends the challenge. */
const PADDED = /[0-9A-Za-z._~+/-]*=+(?=\s*(?:,|$))/y;
const LONGEST = 8192;

/** Reads one or several WWW-Authenticate headers, each with one or several challenges. What cannot be read ends the list. */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  const texts = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return texts.flatMap((text) => parseOne(text.slice(0, LONGEST)));
}

function parseOne(text: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (let name = match(TOKEN)?.[1]; name !== undefined; name = match(TOKEN)?.[1]) {
    const current = challenges.at(-1);
    const value = current ? match(VALUE) : null;
    if (current && value) {
      current.parameters.set(name.toLowerCase(), value[1]?.replace(/\\(.)/g, '$1') ?? value[2] ?? '');
      continue;
    }
    challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    if (/\s/.test(text[at] ?? '')) {
      const before = at;
      at += text.slice(at).search(/\S|$/);
      if (match(PADDED) === null) at = before;
    }
  }
  return challenges;
}
