import { REFUSED_ADDRESS } from './reachable-address.ts';
import { errors } from './undici.ts';

/** What became of a request that got no answer, or not a whole one. */
export type Trouble =
  /** Its own deadline came, or somebody aborted it. */
  | 'aborted'
  | 'timeout'
  | 'headers-too-large'
  | 'no-http'
  | 'refused-address'
  | 'untrusted-certificate'
  | 'invalid-certificate'
  | 'no-tls'
  | 'unknown-name'
  | 'unreachable';

const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];
const UNTRUSTED = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
];
const CLOSED = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** What an error of a socket, of TLS, of HTTP or of an abort means, by its code. Null when it has none: then it is a defect. */
export function classifyError(error: unknown, signal: AbortSignal): { trouble: Trouble; code: string } | null {
  if (signal.aborted) return { trouble: 'aborted', code: 'ABORT_ERR' };
  // Of the ways to break HTTP only some have a code.
  const code = error instanceof errors.HTTPParserError ? 'HPE_INVALID' : codeOf(error);
  return code === null ? null : { trouble: troubleOf(code), code };
}

/** Whether the other side closed a kept connection just now, which says nothing about it. */
export function isClosedConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CLOSED.includes(String(error.code));
}

function troubleOf(code: string): Trouble {
  if (TIMEOUTS.includes(code)) return 'timeout';
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (code.startsWith('HPE_')) return 'no-http';
  if (code === REFUSED_ADDRESS) return 'refused-address';
  if (UNTRUSTED.includes(code)) return 'untrusted-certificate';
  if (code.startsWith('ERR_TLS') || code.startsWith('CERT_')) return 'invalid-certificate';
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return 'no-tls';
  return code === 'ENOTFOUND' ? 'unknown-name' : 'unreachable';
}

/** The code of an error, or of the first of those it is made of. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? null : codeOf(error.cause);
}
