import { failed, known } from '../../playbook/answer.ts';
import type { Chat } from '../../ports/chat.ts';
import type { Ids } from '../../ports/clock.ts';
import type { Connection } from '../../ports/connection.ts';
import type { Journal } from '../../ports/journal.ts';

/** What the program cannot work without: a store that takes writes, and the chats' own connections. */
export function neededConnections(journal: Journal, chats: readonly Chat[], ids: Ids): readonly Connection[] {
  return [
    { kind: 'store', name: 'journal', try: () => tryJournal(journal, ids) },
    ...chats.flatMap((chat): Connection[] => {
      const { kind, reach } = chat;
      return reach ? [{ kind: 'chat', name: kind, try: (signal) => reach(signal) }] : [];
    }),
  ];
}

/** Writes for real, and leaves nothing: a claim of 1970, which forgetting the first millisecond of that year removes. */
async function tryJournal(journal: Journal, ids: Ids) {
  try {
    await journal.claim(`ready:${ids.plan()}`, new Date(0));
    await journal.forgetClaims(new Date(1));
    return known({ detail: 'takes writes', lacks: [] });
  } catch (error) {
    return failed('unreachable', 'the store', error instanceof Error ? error.message : String(error));
  }
}
