/** Errors of the socket, by libuv's names, that another try may get past. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT',
]);

/** SQLSTATEs of a connection that ended or a server that stops, starts or is full (PostgreSQL's appendix A). */
const PASSING = /^(08...|40...|57P0[1-4]|57014|53300|25006|25P0[23])$/;

/** Whether another try may succeed: the server or the way to it is gone for a while. */
export function mayPass(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) return mayPass(error.errors[0]);
  if (!(error instanceof Error)) return false;
  // node-postgres gives its own errors (a connection that ended, a timeout) no code.
  if (!('code' in error) || typeof error.code !== 'string') return error.constructor === Error;
  return SOCKET_CODES.has(error.code) || PASSING.test(error.code);
}
