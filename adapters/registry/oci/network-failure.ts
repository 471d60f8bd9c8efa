import { errors } from 'undici';
import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';
import type { Endpoint } from './endpoint.ts';
import { problem } from './problem.ts';
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

/** Turns an error of a socket, of TLS or of an abort into a ProbeError, by its code; what has none is a defect and comes back as it is. */
export function translateNetworkError(error: unknown, asked: Asked): unknown {
  if (error instanceof ProbeError) return error;
  const { endpoint, what, signal, url } = asked;
  const fail = (code: ProbeFailureCode, message: string) => problem(code, endpoint.registry, message, error);
  if (signal.aborted)
    return fail(
      'timeout',
      `${what} did not come in the time there was. Try again, or see whether the registry is slow.`,
    );
  const code = error instanceof errors.HTTPParserError ? 'HPE_INVALID' : codeOf(error);
  if (code === null) return error;
  const at = url.host === endpoint.registry ? 'it' : url.host;
  if (TIMEOUTS.includes(code))
    return fail(
      'timeout',
      `${at} did not answer in time when ${what} was asked for. See whether it is up and reachable from here.`,
    );
  if (TOO_LARGE_HEADERS.includes(code))
    return fail(
      'too-large',
      `${at} answered with larger headers than any sound server does, when ${what} was asked for.`,
    );
  if (code.startsWith('HPE_')) {
    return fail(
      'invalid',
      `${at} does not speak HTTP, when ${what} was asked for. See whether the address is a registry’s.`,
    );
  }
  if (code === REFUSED_ADDRESS) {
    return fail(
      'denied',
      `${what} would come from ${url.host}, an address on this machine or of a metadata service, which is not followed. If it is the registry, name it under \`registries\` in the configuration.`,
    );
  }
  if (UNTRUSTED.includes(code)) {
    return fail(
      'unreachable',
      `the certificate of ${url.host} is not signed by a trusted authority (${code}). Set \`ca\` for this registry in the configuration.`,
    );
  }
  if (code.startsWith('ERR_TLS') || code.startsWith('CERT_')) {
    return fail(
      'unreachable',
      `the certificate of ${url.host} is not valid for it (${code}). Have it renewed or name the registry as its certificate does.`,
    );
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return fail(
      'unreachable',
      `${url.host} does not speak TLS (${code}). If it is meant to be plain http, set \`plainHttp: true\` for it in the configuration.`,
    );
  }
  if (code === 'ENOTFOUND')
    return fail(
      'unreachable',
      `the name ${url.hostname} is not known here (${code}). Check its spelling and this machine’s DNS.`,
    );
  return fail(
    'unreachable',
    `${at} could not be reached for ${what} (${code}). See whether it is up and reachable from here.`,
  );
}

/** The code of an error, or of the first of those it is made of. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? null : codeOf(error.cause);
}
