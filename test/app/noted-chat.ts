import type { Chat, SharedFile } from '../../src/ports/chat.ts';
import type { Card } from '../../src/view/card.ts';

/** A chat that notes what it is given. */
export interface NotedChat extends Chat {
  readonly files: { readonly thread: string; readonly file: SharedFile }[];
  readonly cards: { readonly thread: string | null; readonly key: string; readonly card: Card }[];
  /** The next share fails with this. */
  failNext(error: Error): void;
}

/** Like Slack it takes files, like Teams it does not. */
export function createNotedChat(
  kind: 'slack' | 'teams',
  more: Partial<Pick<Chat, 'messages'>> & { readonly takesFiles?: boolean } = {},
): NotedChat {
  const files: NotedChat['files'] = [];
  const cards: NotedChat['cards'] = [];
  const failures: Error[] = [];
  const share = async (_: unknown, thread: string, file: SharedFile) => {
    const failure = failures.shift();
    if (failure) throw failure;
    files.push({ thread, file });
  };
  return {
    kind,
    files,
    cards,
    failNext: (error) => void failures.push(error),
    start: async () => {},
    stop: async () => {},
    async post(_, thread, key, card) {
      cards.push({ thread, key, card });
      return `ref:${key}`;
    },
    update: async () => {},
    isMember: async () => false,
    ...(more.takesFiles === false ? {} : { share }),
    ...(more.messages ? { messages: more.messages } : {}),
  };
}
