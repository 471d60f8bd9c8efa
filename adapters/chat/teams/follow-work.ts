/** Work that goes on after its delivery was acknowledged; a stop waits for it. */
export interface Work {
  follow(promise: Promise<void>): void;
  /** Resolves when all that is under way has ended, well or not. */
  done(): Promise<void>;
}

/** An empty list of work. What fails is given to `failed`, as nobody waits for it. */
export function createWork(failed: (error: unknown) => void): Work {
  const going = new Set<Promise<void>>();
  return {
    follow(promise) {
      const followed = promise.catch(failed).finally(() => going.delete(followed));
      going.add(followed);
    },
    async done() {
      await Promise.allSettled(going);
    },
  };
}
