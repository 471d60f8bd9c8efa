import type { Clock } from '../../../../src/ports/clock.ts';

/** Work that several callers wait for at once; it ends when the last of them gives up. */
export interface SharedWork<T> {
  /** Joins the work of this name, or begins it. `gaveUp` makes the error for a caller whose signal aborts first. */
  run(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, gaveUp: () => Error): Promise<T>;
}

interface UnderWay<T> {
  readonly result: Promise<T>;
  readonly life: { readonly signal: AbortSignal; end(): void };
  waiting: number;
}

export function createSharedWork<T>(clock: Clock): SharedWork<T> {
  const underWay = new Map<string, UnderWay<T>>();
  const begin = (name: string, work: (signal: AbortSignal) => Promise<T>): UnderWay<T> => {
    const life = clock.lifetime();
    const result = work(life.signal).finally(() => {
      if (underWay.get(name)?.life === life) underWay.delete(name);
    });
    // Whoever waits sees the failure; when nobody does any more there is nobody to tell.
    result.catch(() => undefined);
    const begun = { result, life, waiting: 0 };
    underWay.set(name, begun);
    return begun;
  };
  return {
    run: async (name, work, signal, gaveUp) => {
      if (signal.aborted) throw gaveUp();
      const shared = underWay.get(name) ?? begin(name, work);
      shared.waiting++;
      const left = Promise.withResolvers<never>();
      const leave = () => left.reject(gaveUp());
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([shared.result, left.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
        if (--shared.waiting === 0) {
          // A later caller begins anew rather than joining what is being given up.
          if (underWay.get(name) === shared) underWay.delete(name);
          shared.life.end();
        }
      }
    },
  };
}
