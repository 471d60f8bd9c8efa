const BEGIN = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const REMOVED = '[removed: private key]';

/**
 * Removes private keys in PEM (RFC 7468) and of PGP, with real line ends or escaped ones, and also the half that is left of
 * one where a log was cut. Certificates and public keys stay.
 */
export function redactPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const ends = [...text.matchAll(END)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
  let clean = '';
  let done = 0;
  let nextEnd = 0;
  for (const begin of text.matchAll(BEGIN)) {
    if (begin.index < done) continue;
    for (let end = ends[nextEnd]; end && end.from < begin.index; end = ends[++nextEnd]) {
      clean += halfRemoved(text.slice(done, end.from));
      done = end.to;
    }
    clean += text.slice(done, begin.index) + REMOVED;
    const end = ends[nextEnd];
    done = end ? end.to : bodyEnd(text, begin.index + begin[0].length);
    if (end) nextEnd++;
  }
  for (const end of ends.slice(nextEnd)) {
    if (end.from < done) continue;
    clean += halfRemoved(text.slice(done, end.from));
    done = end.to;
  }
  return clean + text.slice(done);
}

/** Where a key without its end leaves off: behind the lines of base64 that follow. */
function bodyEnd(text: string, from: number): number {
  const body = /(?:[A-Za-z0-9+/=]|\s|\\[nr])*/y;
  body.lastIndex = from;
  return from + (body.exec(text)?.[0].length ?? 0);
}

/** Removes from the text before an end without its beginning the lines of base64 that it closes. */
function halfRemoved(before: string): string {
  const escaped = !before.endsWith('\n') && before.endsWith('\\n');
  const lines = before.split(escaped ? '\\n' : '\n');
  let kept = lines.length - 1;
  while (kept > 0 && /^[A-Za-z0-9+/=]+\r?$/.test(lines[kept - 1] ?? '')) kept--;
  return (
    lines
      .slice(0, kept)
      .map((line) => `${line}${escaped ? '\\n' : '\n'}`)
      .join('') + REMOVED
  );
}
