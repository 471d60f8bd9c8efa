/** Work that goes on after its delivery was acknowledged; a stop waits for it. */
interface Work {
  follow(promise: Promise<void>): Promise<void>;
  /** Resolves when all that is under way has ended, well or not. */
  done(): Promise<void>;
}

/** An empty list of work. */
export function createWork(): Work {
  const going = new Set<Promise<void>>();
  return {
    follow(promise) {
      going.add(promise);
      return promise.finally(() => going.delete(promise));
    },
    async done() {
      await Promise.allSettled(going);
    },
  };
}
