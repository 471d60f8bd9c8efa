import { StoreError } from '../../../src/ports/store-error.ts';

/** Errors of the socket (libuv's names) and of node-postgres that another try may get past. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/**
 * SQLSTATEs that pass (https://www.postgresql.org/docs/15/errcodes-appendix.html): class 08 connection, 40 rolled back,
 * 57P0x the server stops or starts, 57014 a statement took too long, 53300 too many connections, 55P03 lock not available,
 * 25006 a standby that is not yet promoted, 25P03 an idle transaction was ended.
 */
const PASSING = /^(08...|40...|57P0[1-4]|57014|53300|55P03|25006|25P0[23])$/;

/** Whether another try may succeed: the server or the way to it is gone for a while. */
export function mayPass(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return SOCKET_CODES.has(code) || PASSING.test(code);
  // node-postgres gives its own errors (a connection that ended, a timeout) no code; those of PostgreSQL and Node have one.
  return error instanceof Error && !(error instanceof StoreError) && error.constructor === Error;
}

/** Puts an error of the server or the way to it into words, by its SQLSTATE or code; other errors come back as they are. */
export function asStoreError(error: unknown, place: string): unknown {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const because = (kind: StoreError['code'], why: string) =>
    new StoreError(kind, `The store ${place} ${why}`, { cause: error });
  if (code !== null && /^28/.test(code))
    return because(
      'refused',
      `refuses the login (${code}): check the user, and the password in DATABASE_URL or PGPASSWORD.`,
    );
  if (code !== null && /CERT|^ERR_TLS/.test(code))
    return because(
      'refused',
      `shows a certificate that is not trusted (${code}): name its authority with sslrootcert.`,
    );
  if (code === '3D000')
    return because('refused', 'does not exist (3D000): create the database and give it to this user.');
  if (code === '42501')
    return because(
      'refused',
      'does not allow this (42501): the user must own the database or may create schemas in it.',
    );
  if (code !== null && /^53[12]/.test(code))
    return because('full', `is out of space or memory (${code}). Make room; nothing that was stored before is lost.`);
  if (code !== null && /^XX/.test(code))
    return because(
      'damaged',
      `reports damaged data (${code}). Stop execfmt and look at the server's log and the last backup.`,
    );
  if (mayPass(error))
    return because('unavailable', `does not answer (${code ?? String(error)}); check the server and the way to it.`);
  return error;
}

/** SQLSTATE or errno name; the first one of an AggregateError, which Node gives for a host with several addresses. */
function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code;
}
