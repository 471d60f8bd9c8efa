/** Lets so many in at once; the others wait in the order in which they came. */
export interface Gate {
  /** Resolves when it is one's turn. */
  enter(): Promise<void>;
  /** Makes room for the next. */
  leave(): void;
}

export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    enter: () => {
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((done) => waiting.push(done));
    },
    leave: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
