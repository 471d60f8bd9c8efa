import { type Chat, ChatError } from '../ports/chat.ts';
import type { PostedMessage } from '../ports/journal.ts';
import type { Card } from '../view/card.ts';
import { permalinkOf } from '../view/permalink.ts';
import { threadOf } from '../view/thread.ts';
import type { Deps } from './deps.ts';
import type { Recorder } from './recorder.ts';
import { tellAside } from './tell-aside.ts';

/** Tells chats what happens in runs. The thread in a chat is brought up to the run's state, message by message. */
export interface Publisher {
  /** Something happened in a run; many calls while one message is on its way are told together. */
  changed(run: string): void;
  /** Tells what an earlier process left untold. */
  catchUp(): Promise<void>;
  /** Waits for what is on its way; the rest is told by the next process. */
  stop(): Promise<void>;
}

/** The key of the parent among a run's messages. */
export const PARENT = 'parent';
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** So often in a row a round may end early for something newer; then the parent is told all the same. */
const MOST_SKIPPED = 5;

export function createPublisher(deps: Deps, recorder: Recorder): Publisher {
  const working = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const life = deps.clock.lifetime();

  async function tell(run: string): Promise<void> {
    let wait = RETRY_FIRST_MS;
    let skipped = 0;
    do {
      again.delete(run);
      try {
        const whole = await bringUpToDate(deps, recorder, run, () => again.has(run) && skipped < MOST_SKIPPED);
        skipped = whole ? 0 : skipped + 1;
        wait = RETRY_FIRST_MS;
      } catch (error) {
        if (life.signal.aborted) return;
        deps.log.warn({ run, error: String(error) }, 'a thread could not be told; it is tried again');
        await deps.clock.sleep(wait, life.signal).catch(() => undefined);
        wait = Math.min(wait * 2, RETRY_LAST_MS);
        again.add(run);
      }
    } while (again.has(run) && !life.signal.aborted);
  }

  return {
    changed(run) {
      if (deps.chats.length === 0 || life.signal.aborted) return;
      if (working.has(run)) {
        again.add(run);
        return;
      }
      working.set(
        run,
        tell(run).finally(() => {
          working.delete(run);
          if (again.has(run)) this.changed(run);
        }),
      );
    },
    async catchUp() {
      for (const { kind } of deps.chats) {
        for (const run of await deps.journal.untold(kind)) {
          const state = await recorder.state(run);
          if (state?.conversation.chat === kind) this.changed(run);
          else if (state) await deps.journal.setTold(run, kind, state.seq);
        }
      }
    },
    async stop() {
      life.end();
      await Promise.all(working.values());
    },
  };
}

/**
 * Posts what the chat does not have yet, in order, and replaces what has changed; the parent last, as it sums up. It ends early,
 * and gives false, when what it tells is old news (`isStale`): a chat that makes one wait is told the newest state first.
 */
async function bringUpToDate(deps: Deps, recorder: Recorder, run: string, isStale: () => boolean): Promise<boolean> {
  const state = await recorder.state(run);
  const chat = deps.chats.find(({ kind }) => kind === state?.conversation.chat);
  if (!state || !chat) return true;
  const { conversation } = state;
  const view = threadOf(state, permalinkOf(deps.publicUrl, run));
  const posted = new Map(await deps.journal.posted(run, chat.kind));
  try {
    if (!posted.get(PARENT)?.ref) await post(PARENT, view.parent, null);
    const parent = posted.get(PARENT)?.ref ?? null;
    const refused = await bringReplies(parent);
    if (refused === 'stale' || isStale()) return false;
    // It stands in the channel itself: where threads are forbidden it alone is kept up to date.
    await bring(PARENT, view.parent, null);
    if (refused) throw refused;
  } catch (error) {
    if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
    deps.log.error(
      { run, chat: chat.kind, code: error.code, error: error.message },
      'the chat does not take this thread; it is left there',
    );
    await tellAside(deps, state, error);
  }
  await deps.journal.setTold(run, chat.kind, view.seq);
  return true;

  /** Gives the chat's refusal where it takes no replies; `stale` when there is something newer to be told. */
  async function bringReplies(parent: string | null): Promise<ChatError | 'stale' | null> {
    try {
      for (const { key, card } of view.replies) {
        if (isStale()) return 'stale';
        await bring(key, card, parent);
      }
      return null;
    } catch (error) {
      if (error instanceof ChatError && error.reason === 'no-threads') return error;
      throw error;
    }
  }

  async function bring(key: string, card: Card, thread: string | null): Promise<void> {
    const there = posted.get(key);
    if (!there?.ref) return post(key, card, thread);
    const version = versionOf(deps, card);
    if (there.version === version) return;
    await (chat as Chat).update(there.ref, card);
    await remember(key, { ref: there.ref, version });
  }

  /** The attempt is written down first: after a crash the chat is asked whether it was delivered. */
  async function post(key: string, card: Card, thread: string | null): Promise<void> {
    const version = versionOf(deps, card);
    const maybeDelivered = posted.has(key);
    await remember(key, { ref: null, version });
    const ref = await (chat as Chat).post(conversation, thread, `${run}:${key}`, card, maybeDelivered);
    // What an earlier process delivered may tell an older state.
    if (maybeDelivered) await (chat as Chat).update(ref, card);
    await remember(key, { ref, version });
  }

  async function remember(key: string, message: PostedMessage): Promise<void> {
    posted.set(key, message);
    await deps.journal.setPosted(run, (chat as Chat).kind, key, message);
  }
}

function versionOf({ ids }: Deps, card: Card): string {
  return ids.sha256(JSON.stringify(card)).slice(0, 16);
}
