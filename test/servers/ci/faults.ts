import type { IncomingMessage, ServerResponse } from 'node:http';

/** What goes wrong with one coming call. */
export type CiFault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** After: it was done, and the caller does not learn it. */
      readonly when?: 'before' | 'after';
    }
  /** The connection is cut. */
  | { readonly kind: 'cut'; readonly when?: 'before' | 'after' }
  /** Nothing is ever answered. */
  | { readonly kind: 'silence' };

/** Faults that wait for a call whose `METHOD /path` matches; each is used up by one. */
export function createFaults() {
  const waiting: { readonly match: RegExp; readonly fault: CiFault; skip: number }[] = [];
  return {
    /** `skip`: how many matching calls are spared first. */
    add(match: RegExp, fault: CiFault, skip = 0): void {
      waiting.push({ match, fault, skip });
    },
    next(call: string): CiFault | null {
      const index = waiting.findIndex((one) => one.match.test(call) && one.skip-- <= 0);
      return index < 0 ? null : (waiting.splice(index, 1)[0]?.fault ?? null);
    },
  };
}

/** Carries a fault out when its time has come; false when the call goes on. */
export function applyFault(
  fault: CiFault | null,
  when: 'before' | 'after',
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (fault === null || (fault.kind === 'silence' ? 'before' : (fault.when ?? 'before')) !== when) return false;
  if (fault.kind === 'cut') request.socket.destroy();
  if (fault.kind === 'status') response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
  return true;
}
