/** What can be made to fail. */
export type Operation = 'send' | 'update' | 'create' | 'members' | 'token' | 'keys' | 'upload' | 'graph';

/** What goes wrong with one coming call. */
export type Fault =
  | { readonly kind: 'rate-limit'; readonly retryAfter: number | null }
  /** Before: nothing was done. After: it was done, and the caller does not learn it. */
  | { readonly kind: 'status'; readonly status: number; readonly word?: string; readonly when: 'before' | 'after' }
  /** The connection is cut, before or after it was done. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' };

/** Faults that wait, by operation; each is used up by one call. */
export function createFaults() {
  const waiting = new Map<Operation, Fault[]>();
  return {
    add(operation: Operation, fault: Fault): void {
      waiting.set(operation, [...(waiting.get(operation) ?? []), fault]);
    },
    next(operation: Operation): Fault | null {
      return waiting.get(operation)?.shift() ?? null;
    },
  };
}
