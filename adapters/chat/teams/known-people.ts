/** People that are remembered; the ones longest quiet go. */
const KEPT = 2000;

/** Who people are in Teams (`29:…`), by their identity here: Entra's object id opens no chat. Kept in the process only. */
export interface KnownPeople {
  keep(person: string, user: string): void;
  find(person: string): string | null;
}

export function createKnownPeople(): KnownPeople {
  const users = new Map<string, string>();
  return {
    keep(person, user) {
      users.delete(person);
      users.set(person, user);
      for (const [oldest] of users) {
        if (users.size <= KEPT) break;
        users.delete(oldest);
      }
    },
    find: (person) => users.get(person) ?? null,
  };
}
