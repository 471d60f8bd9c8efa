import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { exchange, type Received, type Sent } from './exchange.ts';
import { loadClient, type Sessions } from './session.ts';
import { translateConnection } from './translate-error.ts';

/** Sends a request and gives whatever is answered, of any status. Rejects with ProbeError. */
export type Transport = (sent: Sent, cap: number, signal: AbortSignal) => Promise<Received>;

export interface TransportOptions {
  readonly target: string;
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** Milliseconds for one request. */
  readonly deadlineMs: number;
}

const LONGEST_WAIT_S = 5;

/** Asks once more with new credentials after a 401, and after the pause that a 429 asks for when it is short. */
export function createTransport(options: TransportOptions): Transport {
  return async (sent, cap, signal) => {
    const first = await sendOnce(options, sent, cap, signal);
    if (first.status === 401) options.sessions.renew();
    else if (!(await isWaitedFor(options.clock, first, signal))) return first;
    return sendOnce(options, sent, cap, signal);
  };
}

async function isWaitedFor(clock: Clock, { status, retryAfter }: Received, signal: AbortSignal): Promise<boolean> {
  if (status !== 429 || retryAfter === null || retryAfter > LONGEST_WAIT_S) return false;
  try {
    await clock.sleep(retryAfter * 1_000, signal);
    return true;
  } catch {
    return false;
  }
}

async function sendOnce(
  { target, sessions, clock, deadlineMs }: TransportOptions,
  sent: Sent,
  cap: number,
  signal: AbortSignal,
): Promise<Received> {
  // Before the deadline begins: this time is ours, not the cluster's.
  await loadClient();
  const deadline = clock.deadline(deadlineMs, signal);
  try {
    const session = await sessions.current(deadline);
    return await exchange(session.server, await session.options(), sent, cap, deadline);
  } catch (error) {
    if (!deadline.aborted || error instanceof ProbeError) throw translateConnection(target, error);
    const message = signal.aborted ? 'the question was given up' : `no answer within ${deadlineMs / 1_000} s`;
    throw estateFailure(target, 'timeout', message, error);
  }
}
