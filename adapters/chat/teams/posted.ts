/** What this process has posted: the Bot connector itself cannot be asked. */
interface Posted {
  keep(key: string, ref: string): void;
  /** The reference of the card with this key; null when it is not known. */
  find(key: string): string | null;
}

const KEPT = 5000;

/** Remembers the newest cards, for when the store did not take their references. */
export function createPosted(): Posted {
  const refs = new Map<string, string>();
  return {
    keep(key, ref) {
      refs.delete(key);
      refs.set(key, ref);
      if (refs.size > KEPT) refs.delete(refs.keys().next().value ?? '');
    },
    find: (key) => refs.get(key) ?? null,
  };
}
