import { redactAssignments } from './redact-assignments.ts';
import { redactCommands } from './redact-commands.ts';
import { redactDocuments } from './redact-documents.ts';
import { redactPrivateKeys } from './redact-private-keys.ts';
import { redactTokens } from './redact-tokens.ts';

/** `scheme://user:password@host`; the user stays. A placeholder for a password is none. */
const URL_PASSWORD =
  /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#:@"'<>\\]*:)(?!\*+@|\$\{|\$[A-Z_]+@|%s@|\[)[^\s/?#"'<>\\]+@/gi;

/** A user that is a token: the key of a Sentry address, an old token of GitHub. */
const URL_TOKEN = /(:\/\/)[0-9a-f]{32,64}(?=(?::(?:\[removed: password\]|[^\s/@:"']{0,200}))?@)/g;

/** `app/password@//host`, as Oracle's JDBC driver has it. */
const ORACLE = /(jdbc:oracle:[a-z]{2,5}:[\w.-]{1,64}\/)(?!\[)[^\s@"'<>]{1,128}(?=@)/g;

/** `user:password@tcp(host:3306)/db`, as the MySQL driver of Go has it. */
const MYSQL_DSN = /(?<![\w.-])([\w.-]{1,64}:)[^\s/:@"'<>]{1,128}(@(?:tcp|unix)\()/g;

/** An Authorization header of any scheme that carries a secret, as a header, in JSON or in a command. */
const AUTHORIZATION =
  /(authorization\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?(?:basic|bearer|token|digest|negotiate|ntlm|apikey|geniekey|aws4-hmac-sha256)[ \t]{1,4})(?!\[removed)[^\s"'\\][^\r\n"'\\]*/gi;
const BARE_AUTHORIZATION =
  /(authorization\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?)(?!\S{1,30}[ \t]\[removed)(?=[a-z+/=._-]{0,100}\d)[\w+/=.~-]{12,}/gi;
const BEARER = /(?<![\w-])(bearer[ \t]{1,4})(?=[a-z+/=._~-]{0,100}\d)[\w+/=.~-]{16,}/gi;
const BASIC =
  /(?<![\w-])(basic[ \t]{1,4})(?:(?=[A-Za-z+/]{0,100}\d)[A-Za-z0-9+/]{12,}={0,2}|[A-Za-z0-9+/]{8,}={1,2})(?![\w-])/gi;

const COOKIE =
  /((?<![\w-])(?:set-)?cookie\\{0,7}["']?[ \t]{0,4}:[ \t]{0,4}\\{0,7}["']?)[^\s=;"'\\[]{1,100}=[^\r\n"'\\]+/gi;

/** What terminals are told, as it is or escaped in JSON: it may stand within a secret or right before one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what terminals are told
const COLOURS = /(?:\u001b|\\u001b|\\x1b|\\033|\\e)\[[0-9;]{0,20}m/g;

/**
 * Replaces every secret in an untrusted text by `[removed: <kind>]`: private keys, tokens by their form, passwords in
 * addresses, headers and commands, and what is assigned to a name like password, token or API_KEY. Digests, hashes, ids,
 * paths and placeholders stay; the colours of a text from which something was removed go too. When in doubt it removes. The
 * time it takes grows with the length of the text.
 */
export function redact(text: string): string {
  const plain = text.replace(COLOURS, '');
  const clean = redactPlain(plain);
  return clean === plain ? text : clean;
}

function redactPlain(text: string): string {
  const clean = redactTokens(redactPrivateKeys(text))
    .replace(ORACLE, '$1[removed: password]')
    .replace(URL_PASSWORD, '$1[removed: password]@')
    .replace(URL_TOKEN, '$1[removed: token]')
    .replace(MYSQL_DSN, '$1[removed: password]$2')
    .replace(AUTHORIZATION, '$1[removed: authorization]')
    .replace(BARE_AUTHORIZATION, '$1[removed: authorization]')
    .replace(BEARER, '$1[removed: token]')
    .replace(BASIC, '$1[removed: credentials]')
    .replace(COOKIE, '$1[removed: cookie]');
  return redactAssignments(redactCommands(redactDocuments(clean)));
}
