import { ProbeError, type ProbeFailureCode, problem } from '../../src/playbook/answer.ts';
import { classifyError, type Trouble } from './classify-error.ts';

/** What was being asked when the network failed. */
export interface Asked {
  /** The server's name in the configuration. */
  readonly target: string;
  /** What it is there, for advice: `CI server`. */
  readonly kind: string;
  readonly url: URL;
  /** For messages: `the pipelines of docs/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

type Words = (asked: Asked, code: string) => string;

const UNREACHABLE: Words = ({ url }, code) =>
  `${url.host} could not be reached (${code}). See whether it is up and its address is right.`;

const FAILURES: Readonly<Record<Trouble, readonly [ProbeFailureCode, Words]>> = {
  aborted: ['timeout', ({ what, url }) => `${what}: no answer in the time there was. See whether ${url.host} is slow.`],
  timeout: ['timeout', ({ what, url }) => `${url.host} did not answer in time (${what}). See whether it is up.`],
  'refused-address': [
    'denied',
    ({ what, url }) =>
      `${what} would come from ${url.host}, an address on this machine or of a metadata service, which is not followed.`,
  ],
  'untrusted-certificate': [
    'unreachable',
    ({ url, kind }, code) =>
      `the certificate of ${url.host} is not signed by a trusted authority (${code}). Set \`ca\` for this ${kind} in the configuration.`,
  ],
  'invalid-certificate': [
    'unreachable',
    ({ url }, code) =>
      `the certificate of ${url.host} is not valid for it (${code}). Have it renewed, or name it as it does.`,
  ],
  'no-tls': [
    'unreachable',
    ({ url }, code) => `${url.host} does not speak TLS (${code}). Check whether its address begins with http://.`,
  ],
  'headers-too-large': ['unreachable', UNREACHABLE],
  'no-http': ['unreachable', UNREACHABLE],
  'unknown-name': ['unreachable', UNREACHABLE],
  unreachable: ['unreachable', UNREACHABLE],
};

/** Turns an error of a socket, of TLS or of an abort into a ProbeError, by its code; what has none is a defect and comes back as it is. */
export function translateNetworkError(error: unknown, asked: Asked): unknown {
  if (error instanceof ProbeError) return error;
  const known = classifyError(error, asked.signal);
  if (known === null) return error;
  const [code, words] = FAILURES[known.trouble];
  return problem(code, asked.target, words(asked, known.code), error);
}
