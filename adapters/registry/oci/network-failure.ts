import { ProbeError, type ProbeFailureCode, problem } from '../../../src/playbook/answer.ts';
import type { Endpoint } from './endpoint.ts';
import { errors } from './http-agent.ts';
import { REFUSED_ADDRESS } from './reachable-address.ts';

/** What was being asked when the network failed. */
export interface Asked {
  readonly url: URL;
  readonly endpoint: Endpoint;
  readonly what: string;
  readonly signal: AbortSignal;
}

const UNTRUSTED = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
];
const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];
const TOO_LARGE_HEADERS = ['UND_ERR_HEADERS_OVERFLOW', 'HPE_HEADER_OVERFLOW'];

interface Rule {
  readonly applies: (code: string) => boolean;
  readonly as: ProbeFailureCode;
  readonly message: (asked: Asked, code: string) => string;
}

/** The host, where it is another one than the registry. */
const at = ({ url, endpoint }: Asked): string => (url.host === endpoint.registry ? 'it' : url.host);

/** The first that applies counts. */
const RULES: readonly Rule[] = [
  {
    applies: (code) => TIMEOUTS.includes(code),
    as: 'timeout',
    message: (asked) =>
      `${at(asked)} did not answer in time when ${asked.what} was asked for. See whether it is up and reachable from here.`,
  },
  {
    applies: (code) => TOO_LARGE_HEADERS.includes(code),
    as: 'too-large',
    message: (asked) =>
      `${at(asked)} answered with larger headers than any sound server does, when ${asked.what} was asked for. See whether the address is a registry’s.`,
  },
  {
    applies: (code) => code.startsWith('HPE_'),
    as: 'invalid',
    message: (asked) =>
      `${at(asked)} does not speak HTTP, when ${asked.what} was asked for. See whether the address is a registry’s.`,
  },
  {
    applies: (code) => code === REFUSED_ADDRESS,
    as: 'denied',
    message: ({ what, url }) =>
      `${what} would come from ${url.host}, an address on this machine or of a metadata service, which is not followed. If it is the registry, name it under \`registries\` in the configuration.`,
  },
  {
    applies: (code) => UNTRUSTED.includes(code),
    as: 'unreachable',
    message: ({ url }, code) =>
      `the certificate of ${url.host} is not signed by a trusted authority (${code}). Set \`ca\` for this registry in the configuration.`,
  },
  {
    applies: (code) => code.startsWith('ERR_TLS') || code.startsWith('CERT_'),
    as: 'unreachable',
    message: ({ url }, code) =>
      `the certificate of ${url.host} is not valid for it (${code}). Have it renewed or name the registry as its certificate does.`,
  },
  {
    applies: (code) => code.startsWith('ERR_SSL') || code === 'EPROTO',
    as: 'unreachable',
    message: ({ url }, code) =>
      `${url.host} does not speak TLS (${code}). If it is meant to be plain http, set \`plainHttp: true\` for it in the configuration.`,
  },
  {
    applies: (code) => code === 'ENOTFOUND',
    as: 'unreachable',
    message: ({ url }, code) =>
      `the name ${url.hostname} is not known here (${code}). Check its spelling and this machine’s DNS.`,
  },
  {
    applies: () => true,
    as: 'unreachable',
    message: (asked, code) =>
      `${at(asked)} could not be reached for ${asked.what} (${code}). See whether it is up and reachable from here.`,
  },
];

/** Turns an error of a socket, of TLS or of an abort into a ProbeError, by its code; what has none is a defect and comes back as it is. */
export function translateNetworkError(error: unknown, asked: Asked): unknown {
  if (error instanceof ProbeError) return error;
  const { registry } = asked.endpoint;
  if (asked.signal.aborted) {
    const message = `${asked.what} did not come in the time there was. Try again, or see whether the registry is slow.`;
    return problem('timeout', registry, message, error);
  }
  // Of the ways to break HTTP only some have a code.
  const code = error instanceof errors.HTTPParserError ? 'HPE_INVALID' : codeOf(error);
  const rule = code === null ? undefined : RULES.find(({ applies }) => applies(code));
  return code === null || rule === undefined ? error : problem(rule.as, registry, rule.message(asked, code), error);
}

/** The code of an error, or of the first of those it is made of. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? null : codeOf(error.cause);
}
