import { rootCertificates } from 'node:tls';
import type { Agent as Undici } from 'undici';
import { guardedLookup, type Reach } from './reachable-address.ts';
import { Agent } from './undici.ts';

/** Whom the connections lead to. */
export interface Peer {
  /** PEM of authorities that are trusted beside the usual ones. */
  readonly caPem: string | null;
  /** Which special addresses a name may lead to; null where the address is the operator's own word. */
  readonly reach: Reach | null;
}

const CONNECT_MS = 10_000;
/** The longest silence within an answer. */
const SILENCE_MS = 30_000;

/** Connections that are kept open for a while, with their limits of time; idle ones do not hold the process. */
export function createAgent({ caPem, reach }: Peer, options: Undici.Options): Agent {
  const trust = caPem === null ? {} : { ca: [...rootCertificates, caPem] };
  const guard = reach === null ? {} : { lookup: guardedLookup(reach) };
  return new Agent({
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    connect: { timeout: CONNECT_MS, ...trust, ...guard },
    ...options,
  });
}
