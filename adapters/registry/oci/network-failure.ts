import { ProbeError, type ProbeFailureCode, problem } from '../../../src/playbook/answer.ts';
import { classifyError, type Trouble } from '../../http/classify-error.ts';
import type { Endpoint } from './endpoint.ts';

/** What was being asked when the network failed. */
export interface Asked {
  readonly url: URL;
  readonly endpoint: Endpoint;
  readonly what: string;
  readonly signal: AbortSignal;
}

/** The host, where it is another one than the registry. */
const at = ({ url, endpoint }: Asked): string => (url.host === endpoint.registry ? 'it' : url.host);

type Words = (asked: Asked, code: string) => string;

const FAILURES: Readonly<Record<Trouble, readonly [ProbeFailureCode, Words]>> = {
  aborted: [
    'timeout',
    ({ what }) => `${what} did not come in the time there was. Try again, or see whether the registry is slow.`,
  ],
  timeout: [
    'timeout',
    (asked) =>
      `${at(asked)} did not answer in time when ${asked.what} was asked for. See whether it is up and reachable from here.`,
  ],
  'headers-too-large': [
    'too-large',
    (asked) =>
      `${at(asked)} answered with larger headers than any sound server does, when ${asked.what} was asked for. See whether the address is a registry’s.`,
  ],
  'no-http': [
    'invalid',
    (asked) =>
      `${at(asked)} does not speak HTTP, when ${asked.what} was asked for. See whether the address is a registry’s.`,
  ],
  'refused-address': [
    'denied',
    ({ what, url }) =>
      `${what} would come from ${url.host}, an address on this machine or of a metadata service, which is not followed. If it is the registry, name it under \`registries\` in the configuration.`,
  ],
  'untrusted-certificate': [
    'unreachable',
    ({ url }, code) =>
      `the certificate of ${url.host} is not signed by a trusted authority (${code}). Set \`ca\` for this registry in the configuration.`,
  ],
  'invalid-certificate': [
    'unreachable',
    ({ url }, code) =>
      `the certificate of ${url.host} is not valid for it (${code}). Have it renewed or name the registry as its certificate does.`,
  ],
  'no-tls': [
    'unreachable',
    ({ url }, code) =>
      `${url.host} does not speak TLS (${code}). If it is meant to be plain http, set \`plainHttp: true\` for it in the configuration.`,
  ],
  'unknown-name': [
    'unreachable',
    ({ url }, code) =>
      `the name ${url.hostname} is not known here (${code}). Check its spelling and this machine’s DNS.`,
  ],
  unreachable: [
    'unreachable',
    (asked, code) =>
      `${at(asked)} could not be reached for ${asked.what} (${code}). See whether it is up and reachable from here.`,
  ],
};

/** Turns an error of a socket, of TLS or of an abort into a ProbeError, by its code; what has none is a defect and comes back as it is. */
export function translateNetworkError(error: unknown, asked: Asked): unknown {
  if (error instanceof ProbeError) return error;
  const known = classifyError(error, asked.signal);
  if (known === null) return error;
  const [code, words] = FAILURES[known.trouble];
  return problem(code, asked.endpoint.registry, words(asked, known.code), error);
}
