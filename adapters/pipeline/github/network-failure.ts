import { ProbeError, type ProbeFailureCode, problem } from '../../../src/playbook/answer.ts';
import { REFUSED_ADDRESS } from './reachable-address.ts';

/** What was being asked when the network failed. */
export interface Asked {
  /** The CI server's name. */
  readonly target: string;
  readonly host: string;
  /** For messages: `the runs of docs/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];
const UNTRUSTED = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
];

/** Turns an error of a socket, of TLS or of an abort into a ProbeError, by its code; what has none is a defect and comes back as it is. */
export function translateNetworkError(error: unknown, { target, host, what, signal }: Asked): unknown {
  if (error instanceof ProbeError) return error;
  const fail = (code: ProbeFailureCode, message: string) => problem(code, target, message, error);
  if (signal.aborted) return fail('timeout', `${what}: no answer in the time there was. See whether ${host} is slow.`);
  const code = codeOf(error);
  if (code === null) return error;
  if (TIMEOUTS.includes(code))
    return fail('timeout', `${host} did not answer in time (${what}). See whether it is up.`);
  if (code === REFUSED_ADDRESS)
    return fail(
      'denied',
      `${what} would come from ${host}, an address on this machine or of a metadata service, which is not followed.`,
    );
  if (UNTRUSTED.includes(code))
    return fail(
      'unreachable',
      `the certificate of ${host} is not signed by a trusted authority (${code}). Set \`ca\` for this CI server in the configuration.`,
    );
  if (code.startsWith('ERR_TLS') || code.startsWith('CERT_'))
    return fail(
      'unreachable',
      `the certificate of ${host} is not valid for it (${code}). Have it renewed, or name it as it does.`,
    );
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return fail('unreachable', `${host} does not speak TLS (${code}). Check whether its address begins with http://.`);
  return fail('unreachable', `${host} could not be reached (${code}). See whether it is up and its address is right.`);
}

/** The code of an error, or of the first of those it is made of. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? null : codeOf(error.cause);
}
