import type { Deps } from './deps.ts';

/** A replica that dies while it has a lease is followed by another after this long. */
const LEASE_MS = 15_000;
const RENEW_MS = 4_000;

/** A lease that is kept while work goes on. */
export interface HeldLease {
  /** Before each deed: renews it when that is due. Rejects when another replica has it by now. */
  keep(): Promise<void>;
}

/**
 * Does work that one replica at a time may do. Gives false, and does nothing, while another one has the lease. The lease is
 * renewed while the work waits for something, and given up after it.
 */
export async function holdLease(
  { journal, clock, log }: Pick<Deps, 'journal' | 'clock' | 'log'>,
  name: string,
  work: (lease: HeldLease) => Promise<void>,
): Promise<boolean> {
  let renewedAt = clock.monotonic();
  if (!(await journal.lease(name, LEASE_MS))) return false;
  const life = clock.lifetime();
  const keep = async () => {
    const now = clock.monotonic();
    if (now - renewedAt < RENEW_MS) return;
    if (!(await journal.lease(name, LEASE_MS))) throw new Error(`Another replica has taken over: ${name}`);
    renewedAt = now;
  };
  const renewing = (async () => {
    while (!life.signal.aborted) {
      await clock.sleep(RENEW_MS, life.signal).catch(() => undefined);
      if (!life.signal.aborted)
        await keep().catch((error: unknown) => log.debug({ error: String(error) }, 'a lease was not renewed'));
    }
  })();
  try {
    await work({ keep });
  } finally {
    life.end();
    await renewing;
    await journal.release(name);
  }
  return true;
}
