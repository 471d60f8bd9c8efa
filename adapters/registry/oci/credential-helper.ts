import { execFile } from 'node:child_process';
import { asText, parseJsonObject } from '../../../src/image/json-values.ts';
import type { RegistryCredentials } from '../../../src/image/registry-login.ts';
import type { Log } from '../../../src/ports/log.ts';

const LARGEST_ANSWER = 64 * 1024;
/** With this in place of a name the secret is an identity token (docker-credential-helpers). */
const TOKEN_USER = '<token>';

/**
 * Asks `docker-credential-<helper> get` for the login of a server. Null when it has none, is not installed or does not
 * answer before the signal aborts: then we go on without a login. Its output is never logged.
 */
export async function askCredentialHelper(
  helper: string,
  server: string,
  log: Log,
  signal: AbortSignal,
): Promise<RegistryCredentials | null> {
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) {
    log.warn({ server }, 'the Docker configuration names a credential helper that is no program’s name; it is not run');
    return null;
  }
  const output = await run(`docker-credential-${helper}`, server, log, signal);
  const answer = output === null ? null : parseJsonObject(output);
  const username = asText(answer?.Username);
  const secret = asText(answer?.Secret);
  if (!username || !secret) return null;
  if (username === TOKEN_USER) return { kind: 'identity-token', token: secret };
  return { kind: 'password', username, password: secret };
}

function run(program: string, server: string, log: Log, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const limits = { maxBuffer: LARGEST_ANSWER, signal, killSignal: 'SIGKILL', windowsHide: true } as const;
    const child = execFile(program, ['get'], limits, (error, stdout) => {
      if (error === null) return resolve(stdout);
      // Exit status 1 is also how a helper says that it has no login for this server.
      log.warn({ program, server, code: String(error.code ?? error.signal) }, 'no login from the credential helper');
      return resolve(null);
    });
    // A helper that ends without reading its input is told by its exit status, not by the broken pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(server);
  });
}
