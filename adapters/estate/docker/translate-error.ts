import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { isTlsCode } from '../../http/is-tls-code.ts';
import { SshError } from './ssh-agent.ts';

type Sentence = readonly [ProbeFailureCode, string];

/** Error codes of the operating system and of node:tls, and what a person does about each. */
const BY_CODE: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: ['unreachable', 'nobody listens there: is the Docker engine running (systemctl status docker)?'],
  ENOENT: ['unreachable', 'there is no such socket: is the Docker engine installed and running, and the path right?'],
  EACCES: ['denied', 'permission denied on the socket: add the user to the docker group, or run as one who is in it'],
  EPERM: ['denied', 'the operating system forbids the connection: look at firewall and sandbox rules'],
  ENOTFOUND: ['unreachable', 'that host name does not resolve: check the name and the DNS'],
  EAI_AGAIN: ['unreachable', 'the DNS does not answer: try again, or use an address'],
  EHOSTUNREACH: ['unreachable', 'there is no route to that host: is it up?'],
  ENETUNREACH: ['unreachable', 'there is no route to that network'],
  ETIMEDOUT: ['timeout', 'the host does not answer: is it up, and the port open?'],
  ECONNRESET: [
    'unreachable',
    'the connection was cut: does the engine want tls? If not, try again and look at its log',
  ],
  EPIPE: ['unreachable', 'the connection was cut: does the engine want tls? If not, try again and look at its log'],
  ENOTSOCK: ['unreachable', 'that file is no socket: check the path'],
};

/** What a failed connection means. An error that has no code is a defect and comes back as it is. */
export function translateConnection(target: string, error: unknown): unknown {
  if (error instanceof ProbeError) return error;
  const code = codeOf(error);
  if (code === null) return error;
  const [kind, message] = sentenceFor(code, error);
  return estateFailure(target, kind, message, error);
}

function sentenceFor(code: string, error: unknown): Sentence {
  if (code === 'ESSH') return sshSentence(error);
  if (isTlsCode(code)) {
    return ['denied', `no trust between here and the engine (${code}): check ca, cert and key of this host's tls`];
  }
  if (code.startsWith('HPE_')) return ['invalid', 'what answers there is no Docker engine, or it wants tls'];
  return BY_CODE[code] ?? ['unreachable', `the connection failed (${code})`];
}

function sshSentence(error: unknown): Sentence {
  if (!(error instanceof SshError))
    return ['unsupported', 'ssh could not be started: is an ssh client installed here?'];
  const said = error.said === '' ? '' : ` (ssh said: ${error.said.slice(0, 300)})`;
  if (error.exit === 255) {
    return ['unreachable', `ssh could not log in${said}: try the same with ssh -o BatchMode=yes by hand`];
  }
  if (error.exit === 127) return ['unsupported', 'ssh works, but there is no docker command for that user over there'];
  return ['unreachable', `docker system dial-stdio ended over there${said}: may that user use Docker?`];
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** What an answer of the engine other than success means, by its status; `said` is the engine's own message. */
export function failureOfStatus(target: string, status: number, said: string): ProbeError {
  const words = said === '' ? `the engine answered ${status}` : said;
  return estateFailure(target, codeOfStatus(status), messageOfStatus(status, words));
}

function codeOfStatus(status: number): ProbeFailureCode {
  if (status === 401 || status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 409) return 'conflict';
  if (status === 413) return 'too-large';
  if (status === 429) return 'rate-limited';
  if (status === 501) return 'unsupported';
  return status === 502 || status === 503 ? 'unreachable' : 'invalid';
}

function messageOfStatus(status: number, words: string): string {
  if (status === 401 || status === 403) return `the engine, or what stands before it, refuses this: ${words}`;
  if (status === 500) return `the engine failed: ${words}`;
  if (status === 502 || status === 503) return `the engine does not serve just now (${status}): ${words}`;
  return words;
}
