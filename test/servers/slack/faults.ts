/** What goes wrong with one coming call of a method. */
export type Fault =
  | { readonly kind: 'rate-limit'; readonly retryAfter: number }
  /** Before: nothing was done. After: it was done, and the caller does not learn it. */
  | { readonly kind: 'status'; readonly status: number; readonly when: 'before' | 'after' }
  /** The connection is cut, before or after it was done. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' }
  | { readonly kind: 'error'; readonly error: string };

/** Faults that wait, by method; each is used up by one call. */
export function createFaults() {
  const waiting = new Map<string, Fault[]>();
  return {
    add(method: string, fault: Fault): void {
      waiting.set(method, [...(waiting.get(method) ?? []), fault]);
    },
    next(method: string): Fault | null {
      return waiting.get(method)?.shift() ?? null;
    },
  };
}
