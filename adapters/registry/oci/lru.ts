/** A store of things by key with a bound on their weight together; what was not used for longest goes first. */
export interface Lru<T> {
  get(key: string): T | undefined;
  /** Something heavier than the whole bound is not kept. */
  set(key: string, value: T, weight: number): void;
  delete(key: string): void;
}

export function createLru<T>(bound: number): Lru<T> {
  const entries = new Map<string, { value: T; weight: number }>();
  let total = 0;
  const remove = (key: string): void => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  return {
    delete: remove,
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set: (key, value, weight) => {
      remove(key);
      if (weight > bound) return;
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (total <= bound) break;
        remove(oldest);
      }
    },
  };
}
