/** A word of a command that is a secret, with or without quotes; no other flag, no variable, no placeholder, nothing that was removed. */
const WORD = `(\\\\?["']|)(?![-[$<{*|>&%"'\\s]|(?:[A-Z_]{0,20}(?:TOKEN|PASSWORD|PASS|SECRET|KEY|VALUE|STRING|USER)[\\]\\s]))(?:[^\\s"'\\\\]|\\\\[^\\s"'nrt])+`;

/** A flag of a command: `--password hunter2`, `-p` of a login. */
const FLAG = new RegExp(
  `(--(?:[a-z]+-){0,4}(?:password|passwd|passphrase|token|secret|api-key|access-key|secret-key)[ \\t]{1,4})${WORD}`,
  'gi',
);
const LOGIN_FLAG = new RegExp(
  `(\\b(?:login|sshpass|mysql|mysqldump|mysqladmin)\\b[^\\n]{0,200}?[ \\t]-p[ \\t]{0,4}=?)${WORD}`,
  'g',
);
const REDIS_FLAG = new RegExp(`(\\bredis-cli\\b[^\\n]{0,200}?[ \\t]-a[ \\t]{1,4})${WORD}`, 'g');
const REDIS_SETTING = new RegExp(`(?<![\\w-])((?:requirepass|masterauth)[ \\t]{1,4})${WORD}`, 'g');
const OPENSSL = new RegExp(`([ \\t]-pass(?:in|out)?[ \\t]{1,4}pass:)${WORD}`, 'g');
const CREDENTIALS = new RegExp(`(--(?:src-|dest-)?creds[ \\t=]{1,4}["']?[^\\s:"'[]{1,100}:)${WORD}`, 'g');
const CURL_USER = new RegExp(
  `(\\b(?:curl|wget)\\b[^\\n]{0,200}?[ \\t](?:-u|--user)[ =]?["']?[^\\s:"']{1,100}:)${WORD}`,
  'g',
);
/** What is handed to a login by a pipe. */
const PIPED =
  /(\b(?:echo|printf)[ \t]{1,4}(?:-n[ \t]{1,4})?(?:'%s'[ \t])?\\?["']?)(?![[$\s])[^\s"'\\|]{1,200}(?=\\?["']?[ \t]{0,4}\|[^\n|]{1,200}--password-stdin)/g;
/** `ENV NPM_TOKEN …` of a Dockerfile. */
const DOCKERFILE = new RegExp(
  `(\\b(?:ENV|ARG)[ \\t]{1,4}[A-Z0-9_]{0,60}(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PASS)[ \\t]{1,4})${WORD}`,
  'g',
);
const SQL_PASSWORD = /(\bidentified[ \t]+by[ \t]+(?:password[ \t]+)?')[^'\n]+/gi;

const PASSWORDS = [LOGIN_FLAG, REDIS_FLAG, REDIS_SETTING, OPENSSL, CREDENTIALS, CURL_USER];

/** Removes secrets from command lines: of docker, podman, skopeo, curl, mysql, redis-cli, openssl, SQL, Dockerfiles. */
export function redactCommands(text: string): string {
  return PASSWORDS.reduce((rest, pattern) => rest.replace(pattern, '$1$2[removed: password]'), text)
    .replace(FLAG, '$1$2[removed: secret]')
    .replace(DOCKERFILE, '$1$2[removed: secret]')
    .replace(PIPED, '$1[removed: password]')
    .replace(SQL_PASSWORD, '$1[removed: password]');
}
