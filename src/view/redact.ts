import { redactAssignments } from './redact-assignments.ts';
import { redactPrivateKeys } from './redact-private-keys.ts';
import { redactTokens } from './redact-tokens.ts';

/** `scheme://user:password@host`; the user stays. A placeholder for a password is none. */
const URL_PASSWORD =
  /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#:@"'<>\\]*:)(?!\*+@|\$\{|\$[A-Z_]+@|%s@|\[)[^\s/?#"'<>\\]+@/gi;

/** `user:password@tcp(host:3306)/db`, as the MySQL driver of Go has it. */
const MYSQL_DSN = /(?<![\w.-])([\w.-]{1,64}:)[^\s/:@"'<>]{1,128}(@(?:tcp|unix)\()/g;

/** An Authorization header of any scheme that carries a secret, as a header, in JSON or in a command. */
const AUTHORIZATION =
  /(authorization\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?(?:basic|bearer|token|digest|negotiate|ntlm|apikey|aws4-hmac-sha256)[ \t]{1,4})(?!\[removed)[^\s"'\\][^\r\n"'\\]*/gi;
const BARE_AUTHORIZATION =
  /(authorization\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?)(?!\S{1,30}[ \t]\[removed)(?=[a-z+/=._-]{0,100}\d)[\w+/=.~-]{12,}/gi;
const BEARER = /(?<![\w-])(bearer[ \t]{1,4})(?=[a-z+/=._~-]{0,100}\d)[\w+/=.~-]{16,}/gi;
const BASIC =
  /(?<![\w-])(basic[ \t]{1,4})(?:(?=[A-Za-z+/]{0,100}\d)[A-Za-z0-9+/]{12,}={0,2}|[A-Za-z0-9+/]{8,}={1,2})(?![\w-])/gi;

const COOKIE =
  /((?<![\w-])(?:set-)?cookie\\{0,7}["']?[ \t]{0,4}:[ \t]{0,4}\\{0,7}["']?)[^\s=;"'\\[]{1,100}=[^\r\n"'\\]+/gi;
const CURL_USER = /(\b(?:curl|wget)\b[^\n]{0,200}?[ \t](?:-u|--user)[ =]?["']?[^\s:"']{1,100}:)(?!\[)[^\s"']+/g;
const NETRC = /(\blogin[ \t]+\S{1,200}[ \t]+password[ \t]+)(?!\[)(?:[^\s"'\\]|\\[^\s"'])+/g;
const SQL_PASSWORD = /(\bidentified[ \t]+by[ \t]+(?:password[ \t]+)?')[^'\n]+/gi;

/**
 * Replaces every secret in an untrusted text by `[removed: <kind>]`: private keys, tokens by their form, passwords in
 * addresses, headers and commands, and what is assigned to a name like password, token or API_KEY. Digests, hashes, ids,
 * paths and placeholders stay. When in doubt it removes. The time it takes grows with the length of the text.
 */
export function redact(text: string): string {
  const clean = redactTokens(redactPrivateKeys(text))
    .replace(URL_PASSWORD, '$1[removed: password]@')
    .replace(MYSQL_DSN, '$1[removed: password]$2')
    .replace(AUTHORIZATION, '$1[removed: authorization]')
    .replace(BARE_AUTHORIZATION, '$1[removed: authorization]')
    .replace(BEARER, '$1[removed: token]')
    .replace(BASIC, '$1[removed: credentials]')
    .replace(COOKIE, '$1[removed: cookie]')
    .replace(CURL_USER, '$1[removed: password]')
    .replace(NETRC, '$1[removed: password]')
    .replace(SQL_PASSWORD, '$1[removed: password]');
  return redactAssignments(clean);
}
