interface Held {
  go(): Promise<unknown>;
}

/** Deliveries that wait on their way: they come late, or in another order than they were sent in. */
export function createHold() {
  let waiting: Held[] | null = null;
  return {
    /** From now on deliveries wait. */
    hold(): void {
      waiting ??= [];
    },
    /** How many wait. */
    held: (): number => waiting?.length ?? 0,
    /** Sends at once, or when it is released. */
    through<T>(send: () => Promise<T>): Promise<T> {
      if (waiting === null) return send();
      const line = waiting;
      return new Promise((resolve, reject) => {
        const go = () => {
          const sent = send();
          sent.then(resolve, reject);
          return sent;
        };
        line.push({ go });
      });
    },
    /** Sends what waits, each after the one before was answered; later ones go at once again. */
    async release(order: 'as-sent' | 'reversed' = 'as-sent'): Promise<void> {
      const line = waiting ?? [];
      waiting = null;
      for (const { go } of order === 'reversed' ? line.reverse() : line) await go();
    },
  };
}
