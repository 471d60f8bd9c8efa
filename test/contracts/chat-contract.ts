import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/approval/person.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { Conversation } from '../../src/run/conversation.ts';
import type { Card } from '../../src/view/card.ts';

/** A message as everybody sees it. */
export interface SeenMessage {
  /** Unique among the messages. */
  readonly id: string;
  /** The parent that it replies to, or the thread that it stands in. */
  readonly thread: string | null;
  /** All that it says, as it was sent. */
  readonly content: string;
  /** What notifications say of it. */
  readonly fallback: string;
}

/** A chat on a stand-in of its platform. */
export interface ChatStage {
  readonly chat: Chat;
  readonly to: Conversation;
  /** Seconds that were slept, in order. */
  readonly slept: readonly number[];
  /** Another chat on the same platform: what a new process would have. */
  restart(): Promise<Chat>;
  messages(): readonly SeenMessage[];
  /** Who is in the conversation. */
  readonly person: Person;
  /** What that person alone was told, oldest first. */
  alone(): readonly string[];
  /** The next post is answered with 429. */
  limitRate(seconds: number): void;
  /** The next post fails before anything was done, in a way that may pass. */
  failBefore(): void;
  /** The bot is taken out of the conversation. */
  removeBot(): void;
  close(): Promise<void>;
}

/** What differs between platforms. */
export interface ChatTraits {
  /** A message that an earlier process may have posted can be looked for by its key. */
  readonly findsPosted: boolean;
}

const card = (set: Partial<Card> = {}): Card => ({
  ...{ tone: 'working', title: 'pdf-renderer', practice: false, parts: [], buttons: [], fallback: 'Looking.' },
  ...set,
});

/** What every chat of `src/ports/chat.ts` does. */
export function describeChat(name: string, start: () => Promise<ChatStage>, traits: ChatTraits): void {
  describe(`${name} as a chat`, () => {
    let stage: ChatStage;
    beforeEach(async () => {
      stage = await start();
    });
    afterEach(() => stage.close());
    const post = (thread: string | null, key: string, set: Partial<Card> = {}, maybe = false) =>
      stage.chat.post(stage.to, thread, `r-aaaaaa:${key}`, card({ title: key, ...set }), maybe);

    it('posts a parent and its replies in order, in one thread', async () => {
      const parent = await post(null, 'parent');
      for (const key of ['step:host', 'step:image', 'verdict']) await post(parent, key);
      const [first, ...replies] = stage.messages();
      expect(first?.content).toContain('parent');
      expect(replies.map(({ content }) => /step:host|step:image|verdict/.exec(content)?.[0])).toEqual([
        'step:host',
        'step:image',
        'verdict',
      ]);
      expect(new Set(replies.map(({ thread }) => thread)).size).toBe(1);
    });

    it('replaces a card in place', async () => {
      const parent = await post(null, 'parent');
      await post(parent, 'reply');
      const before = stage.messages().map(({ id }) => id);
      await stage.chat.update(parent, card({ tone: 'ok', title: 'Recovered', fallback: 'It runs again.' }));
      expect(stage.messages().map(({ id }) => id)).toEqual(before);
      expect(stage.messages()[0]?.content).toContain('Recovered');
      expect(stage.messages()[0]?.fallback).toContain('It runs again.');
    });

    it('goes on with a thread after a restart', async () => {
      const parent = await post(null, 'parent');
      await post(parent, 'before');
      const after = await stage.restart();
      await after.post(stage.to, parent, 'r-aaaaaa:after', card({ title: 'after' }), false);
      await after.update(parent, card({ title: 'Recovered' }));
      const [first, before, last] = stage.messages();
      expect(first?.content).toContain('Recovered');
      expect(last?.content).toContain('after');
      expect(last?.thread).toBe(before?.thread);
    });

    it('waits as long as a rate limit says, and not longer than a minute', async () => {
      stage.limitRate(7);
      await post(null, 'parent');
      expect(stage.slept).toContain(7000);
      expect(stage.messages()).toHaveLength(1);
      stage.limitRate(61);
      await expect(post(null, 'other')).rejects.toMatchObject({ name: 'ChatError', code: 'unavailable' });
    });

    it('tries again after what may pass, and posts once', async () => {
      stage.failBefore();
      await post(null, 'parent');
      expect(stage.messages()).toHaveLength(1);
    });

    it('says that the place is gone', async () => {
      const parent = await post(null, 'parent');
      stage.removeBot();
      const gone = { name: 'ChatError', code: 'gone' };
      await expect(post(parent, 'reply')).rejects.toMatchObject(gone);
      await expect(post(null, 'other')).rejects.toMatchObject(gone);
    });

    it('tells one person alone, and the conversation nothing', async () => {
      await post(null, 'parent');
      await stage.chat.tellPerson?.(stage.person, stage.to, card({ title: 'only you', fallback: 'Only you.' }));
      expect(stage.messages()).toHaveLength(1);
      expect(stage.alone()).toEqual([expect.stringContaining('only you')]);
    });

    it('tells one person also where the place is gone', async () => {
      await stage.chat.tellPerson?.(stage.person, stage.to, card({ title: 'before' }));
      stage.removeBot();
      await stage.chat.tellPerson?.(stage.person, stage.to, card({ title: 'after' }));
      expect(stage.alone()).toHaveLength(2);
    });

    it('always has words for notifications and screen readers', async () => {
      const parent = await post(null, 'parent', { fallback: ' ' });
      await post(parent, 'reply');
      for (const { fallback } of stage.messages()) expect(fallback.trim()).not.toBe('');
    });

    it('takes cards of any size', async () => {
      const text = 'a line of evidence\n'.repeat(5000);
      const fact = { label: text, value: text, odd: true };
      const parts = [
        ...Array(40).fill({ kind: 'code', text }),
        ...Array(40).fill({ kind: 'facts', facts: Array(50).fill(fact) }),
      ];
      await post(null, 'large', { parts, title: text, fallback: text });
      expect(stage.messages()[0]?.content).toContain('cut');
    });

    it('knows no groups of other chats', async () => {
      const person = { id: `${stage.chat.kind}:nobody`, name: 'nobody' };
      expect(await stage.chat.isMember('other-group:x', person, AbortSignal.timeout(1000))).toBe(false);
    });

    it('finds what it has posted itself', async () => {
      const parent = await post(null, 'parent');
      expect(await post(null, 'parent', {}, true)).toBe(parent);
      expect(stage.messages()).toHaveLength(1);
    });

    const postAgain = async () => {
      const again = await stage.restart();
      return { again, ref: await again.post(stage.to, null, 'r-aaaaaa:parent', card(), true) };
    };
    if (traits.findsPosted) {
      it('finds what an earlier process may have posted', async () => {
        const parent = await post(null, 'parent');
        expect((await postAgain()).ref).toBe(parent);
        expect(stage.messages()).toHaveLength(1);
      });
    } else {
      it('posts what an earlier process may have posted: a message twice is better than none', async () => {
        await post(null, 'parent');
        const { again, ref } = await postAgain();
        await again.update(ref, card({ title: 'Recovered' }));
        expect(stage.messages().at(-1)?.content).toContain('Recovered');
      });
    }
  });
}
