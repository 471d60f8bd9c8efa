import { isInnocent } from './redact-assignments.ts';

/** `login bot password hunter2` of a .netrc, on one line or on several. */
const NETRC = /(\blogin[ \t]+\S{1,200}(?:[ \t]|\r?\n|\\n){1,20}password[ \t]+)(?!\[)(?:[^\s"'\\]|\\[^\s"'nr])+/g;
/** A line of a .pgpass: host, port, database, user, password. */
const PGPASS =
  /((?:^|\n|\\n|"|[ \t])[^\s:"'\\]{1,200}:(?:5[34]\d\d|6432|\*):[^\s:"'\\]{1,100}:[^\s:"'\\]{1,100}:)(?!\[)[^\s:"'\\]+(?=$|[\s"'\\])/g;
/** The letters of a key in PuTTY's own format. */
const PUTTY = /(Private-Lines: \d{1,4})(?:[ \t]{0,4}(?:\r?\n|\\n)[A-Za-z0-9+/=]+(?![A-Za-z0-9+/=:-]))+/g;
/** The private parts of a JSON Web Key (RFC 7517, RFC 7518 section 6). */
const JWK_PART = /(\\?"(?:d|p|q|dp|dq|qi|k)\\?"[ \t]{0,4}:[ \t]{0,4}\\?")[\w-]{40,}/g;

const NAME = '[\\w.-]{0,60}(?:password|passwd|token|secret|api[_-]?key|private[_-]?key|access[_-]?key)[\\w-]{0,8}';
/** A name and a value side by side: in YAML, in JSON, in attributes of XML. */
const NAMED_VALUE = new RegExp(
  `((?:name|key)\\\\?["']?[ \\t]{0,4}[:=][ \\t]{0,4}\\\\?["']?${NAME}\\\\?["']?(?:,|[ \\t]|\\r?\\n|\\\\n){1,40}` +
    `\\\\?["']?value\\\\?["']?[ \\t]{0,4}[:=][ \\t]{0,4}\\\\?["']?)(?!\\[removed)([^\\s"'\\\\,}]+)`,
  'gi',
);
/** `<password>…</password>` */
const ELEMENT = new RegExp(`(<(?:\\w{1,30}:)?${NAME}>[ \\t]{0,4})(?!\\[removed)([^<>\\n\\\\]{1,400})(?=<\\/)`, 'gi');
/** `the password is hunter2`: told from `is wrong` by a digit among letters. */
const SENTENCE =
  /(\b(?:password|passphrase|token|secret|api key) is:?[ \t]{1,4}["'`“]?)(?=[^\s\d]{0,60}\d)(?=\d{0,60}[A-Za-z])[^\s"'`”,;\\]{6,}/gi;

/** Removes secrets from what files and documents are made of: .netrc, .pgpass, PuTTY and JSON Web Keys, name and value pairs, XML. */
export function redactDocuments(text: string): string {
  const keys =
    text.includes('"kty') || text.includes('\\"kty') ? text.replace(JWK_PART, '$1[removed: private key]') : text;
  return keys
    .replace(PUTTY, '$1 [removed: private key]')
    .replace(NETRC, '$1[removed: password]')
    .replace(PGPASS, '$1[removed: password]')
    .replace(NAMED_VALUE, unlessInnocent)
    .replace(ELEMENT, unlessInnocent)
    .replace(SENTENCE, '$1[removed: secret]');
}

function unlessInnocent(whole: string, before: string, value: string): string {
  return isInnocent(value) ? whole : `${before}[removed: secret]`;
}
