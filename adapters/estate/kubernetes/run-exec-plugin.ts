import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { asList, asObject, asText, type JsonObject, parseJsonObject } from '../../../src/image/json-values.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';

/** What a credential plugin gave (client.authentication.k8s.io/v1 ExecCredential). Never logged, never part of an error. */
export interface ExecCredential {
  readonly token: string | null;
  /** PEM. */
  readonly certificate: string | null;
  readonly key: string | null;
  /** Milliseconds since 1970; null when it holds until it is refused. */
  readonly expiresAt: number | null;
}

const OUTPUT_CAP = 1024 * 1024;

/**
 * Runs the credential plugin that a kubeconfig names (`users[].user.exec`). It is killed with everything that it
 * started when the signal aborts. What it writes is never told: it may be a secret. Rejects with ProbeError.
 */
export async function runExecPlugin(
  target: string,
  exec: JsonObject,
  kubeconfig: string | null,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const command = asText(exec.command) ?? '';
  const fail = (message: string, cause?: unknown) =>
    estateFailure(target, 'denied', `the credential plugin ${command || 'without a name'} ${message}`, cause);
  if (command === '') throw fail('cannot be run: correct users[].user.exec.command in the kubeconfig');
  const document = parseJsonObject(await outputOf(resolveCommand(command, kubeconfig), exec, fail, signal));
  const status = asObject(document?.status);
  if (status === null) throw fail('gave no ExecCredential: run it by hand and look at what it says');
  const expires = Date.parse(asText(status.expirationTimestamp) ?? '');
  return {
    token: asText(status.token),
    certificate: asText(status.clientCertificateData),
    key: asText(status.clientKeyData),
    expiresAt: Number.isNaN(expires) ? null : expires,
  };
}

type Fail = (message: string, cause?: unknown) => Error;

function outputOf(command: string, exec: JsonObject, fail: Fail, signal: AbortSignal): Promise<string> {
  const args = asList(exec.args).filter((arg) => typeof arg === 'string');
  const child = spawn(command, args, { env: environmentOf(exec), stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const give = (error: Error) => {
      killGroup(child);
      reject(error);
    };
    const onAbort = () =>
      give(fail('did not answer in time and was killed: run it by hand, it may be asking something'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > OUTPUT_CAP) give(fail('wrote more than 1 MiB'));
      else chunks.push(chunk);
    });
    child.on('error', (error) => give(fail('cannot be started: is it installed here, and in PATH?', error)));
    child.on('close', (code) => {
      signal.removeEventListener('abort', onAbort);
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(fail(`ended with exit status ${code ?? 'none'}: log in again, or run it by hand to see why`));
    });
  });
}

/** Its children too: a shell script's `sleep` would otherwise hold the pipe open. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A relative path with a slash is relative to the kubeconfig (client-go, clientcmd: ResolveLocalPaths). */
function resolveCommand(command: string, kubeconfig: string | null): string {
  const relative = command.includes('/') && !isAbsolute(command);
  return relative && kubeconfig !== null ? join(dirname(kubeconfig), command) : command;
}

function environmentOf(exec: JsonObject): NodeJS.ProcessEnv {
  const own = asList(exec.env).flatMap((entry) => {
    const { name, value } = asObject(entry) ?? {};
    return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : [];
  });
  const info = {
    kind: 'ExecCredential',
    apiVersion: asText(exec.apiVersion) ?? 'client.authentication.k8s.io/v1',
    spec: { interactive: false },
  };
  return { ...process.env, ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
}
