/** Words whose value is a secret, however short it is. */
const PASSWORDS = 'password\\d?|passwd|passphrase|pwd|(?<=[_-])pass';
/** Words whose value is a secret when it is long enough to be one. */
const TOKENS =
  'token|secret|credentials?|api[ _-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|' +
  'account[_-]?key|shared[_-]?access[_-]?key|auth[_-]?key|app(?:lication)?[_-]key|license[_-]?key|(?<=["\']|:_)auth|(?<=[?&])sig|' +
  '(?<=[?&])x-(?:amz|goog)-signature|(?<=x-jfrog-art-)api|(?<=\\.)dockerconfigjson|unseal key \\d+|private-mac|' +
  '(?:jsessionid|phpsessid|session[_-]?id)(?=["\']{0,2}[ \\t]?[=:][ \\t]?["\']?[\\w-]{16})';
const SHORTEST_TOKEN = 6;
const SHORTEST_PASSWORD = 3;

/**
 * A key, what stands between, and a value: in escaped quotes, in double or single quotes (to the end of the line when they are
 * not closed), or bare. No part can fail after a long way, so the time grows with the text and not with its square.
 */
const ASSIGNMENT = new RegExp(
  `(?:(${PASSWORDS})|${TOKENS})(\\\\{0,7}["'])?[ \\t]{0,4}(?:=>|:=|==?|:)[ \\t]{0,4}` +
    `(?:\\\\"([^"\\\\\\n]*(?:(?:\\\\\\\\(?:\\\\")?|\\\\[^"\\\\\\n])[^"\\\\\\n]*)*)|` +
    `\\\\{2,7}["']([^"'\\\\\\n]*)|"([^"\\\\\\n]*(?:\\\\[^\\n][^"\\\\\\n]*)*)|'([^'\\n]*)|` +
    `((?:[^\\s"'\\\\&;<>]|\\\\[^\\s"']|[&;](?![\\w .-]{0,40}=)(?=[^\\s"'<>]))+))`,
  'gi',
);

/** `TOKEN_GITHUB=…`, `SECRET_KEY_BASE=…`: what promises a secret and goes on, but not with a word for something else. */
const ENVIRONMENT =
  /((?<![A-Za-z0-9])(?:[A-Z0-9]{1,30}_){0,5}(?:TOKEN|SECRET|PASSWORD|APIKEY)(?:_(?!(?:FILE|PATH|DIR|URL|URI|HOST|NAME|USER|ID|TYPE|KIND|TTL|AGE|EXPIRY|EXPIRES|EXPIRATION|TIMEOUT|LENGTH|MIN|MAX|SIZE|COUNT|LIMIT|VERSION|POLICY|ENABLED|REQUIRED|ISSUER|AUDIENCE|ENDPOINT|ENV|REF|STORE|BACKEND|PROVIDER|MANAGER|ARN)(?![A-Z0-9]))[A-Z0-9]{1,30}){1,3}=["']?)([^\s"'\\;&]{6,})/g;

/** Values that are no secrets: words about one, and places where one is. */
const INNOCENT =
  /^(?:passwords?|null|nil|none|true|false|undefined|empty|unset|unknown|required|optional|missing|invalid|incorrect|wrong|expired|denied|rejected|revoked|failed|error|not|is|was|has|must|cannot|expected|unexpected|identifier|string|number|integer|boolean|object|yes|no|redacted|removed|hidden|masked|updated|changed|set|reset|for|text|varchar|x{3,}|\*+|\.{3,}|-+|%[sdvq]|unauthorized|forbidden)[.,:;!)\]}]*$/i;
const REFERENCE =
  /^(?:\$[A-Z_][A-Z0-9_]*$|%[A-Z_][A-Z0-9_]*%$|[\w.]{1,60}\($|\$\{|\$\(|\{\{|\{|<|\[|\(|%\(|(?:process\.env|os\.environ|env|secrets|vars)\b[.[(]|(?:~|\.{1,2})?\/[a-z0-9._/-]*[,;)\]}]*$)/;

/** A line of a program, as stack traces quote it: a call, a field, a type. None of them has a digit, as passwords have. */
const CODE =
  /^(?:[A-Za-z_]+(?:\.[A-Za-z_]+)*\(|(?:self|this|config|cfg|settings|options|opts|args|request|req|ctx|user|source)\.[A-Za-z_.]+$|(?:Optional|Union|List|Dict)\[|\)|, \w+ ?= ?| \+ )/;
/** An architecture of Debian behind a package (`passwd:amd64`), and a range of versions behind one of npm. */
const VERSION = /^(?:amd64|arm64|armhf|i386|ppc64el|riscv64|s390x|all)$|^[~^]?\d+\.\d+\.\d+$/;

/** Whether a value is a word about a secret, a placeholder, or a place where one is. */
export function isInnocent(value: string): boolean {
  return [INNOCENT, REFERENCE, CODE, VERSION].some((form) => form.test(value));
}

/** Removes what is assigned to a name that promises a secret: `password=…`, `"apiKey": "…"`. */
export function redactAssignments(text: string): string {
  return text
    .replace(ASSIGNMENT, (whole: string, password, keyQuote, ...values) =>
      assignment(whole, password, keyQuote, values),
    )
    .replace(ENVIRONMENT, (whole: string, before: string, value: string) =>
      isInnocent(value) ? whole : `${before}[removed: secret]`,
    );
}

function assignment(whole: string, password: unknown, keyQuote: unknown, values: unknown[]): string {
  const [value, bare] = [values.slice(0, 5).find((each) => typeof each === 'string'), typeof values[4] === 'string'];
  if (typeof value !== 'string') return whole;
  const secret = bare ? withoutPunctuation(value) : value;
  const shortest = password === undefined ? SHORTEST_TOKEN : SHORTEST_PASSWORD;
  if (secret.length < shortest || isInnocent(secret)) return whole;
  const removed = `[removed: ${password === undefined ? 'secret' : 'password'}]`;
  const quoted = bare && keyQuote === '"' ? `"${removed}"` : removed;
  return whole.slice(0, whole.length - value.length) + quoted + value.slice(secret.length);
}

/** What stands behind a bare value in a sentence or a structure is no part of it. A regular expression would be quadratic. */
function withoutPunctuation(value: string): string {
  let end = value.length;
  while (end > 0 && ',.)]}'.includes(value.charAt(end - 1))) end--;
  return value.slice(0, end);
}
