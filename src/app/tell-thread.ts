import { type Chat, ChatError } from '../ports/chat.ts';
import type { PostedMessage } from '../ports/journal.ts';
import type { Card } from '../view/card.ts';
import { permalinkOf } from '../view/permalink.ts';
import { threadOf } from '../view/thread.ts';
import type { Deps } from './deps.ts';
import type { HeldLease } from './hold-lease.ts';
import type { Recorder } from './recorder.ts';
import { tellAside } from './tell-aside.ts';

/** The key of the parent among a run's messages. */
export const PARENT = 'parent';

/** One thread that is to be told, by whoever holds its lease. */
export interface Telling {
  readonly run: string;
  readonly chat: Chat;
  readonly lease: HeldLease;
  /** Aborts when there is something newer to be told. */
  readonly newer: AbortSignal;
}

/**
 * Posts what the chat does not have yet, in order, and replaces what has changed; the parent last, as it sums up. It ends early,
 * and gives false, when what it tells is old news: a chat that makes one wait is told the newest state first.
 */
export async function tellThread(
  deps: Deps,
  recorder: Recorder,
  { run, chat, lease, newer }: Telling,
): Promise<boolean> {
  // Read under the lease: what another replica has posted stands there.
  const state = await recorder.state(run);
  if (!state) return true;
  const { conversation } = state;
  const view = threadOf(state, permalinkOf(deps.publicUrl, run));
  const posted = new Map(await deps.journal.posted(run, chat.kind));
  try {
    if (!posted.get(PARENT)?.ref) await post(PARENT, view.parent, null);
    const parent = posted.get(PARENT)?.ref ?? null;
    const refused = await bringReplies(parent);
    if (refused === 'stale' || newer.aborted) return false;
    // It stands in the channel itself: where threads are forbidden it alone is kept up to date.
    await bring(PARENT, view.parent, null, newer);
    if (refused) throw refused;
  } catch (error) {
    if (newer.aborted && !(error instanceof ChatError)) return false;
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
        if (newer.aborted) return 'stale';
        await bring(key, card, parent);
      }
      return null;
    } catch (error) {
      if (error instanceof ChatError && error.reason === 'no-threads') return error;
      throw error;
    }
  }

  /** What waits for its turn is given up when it is no longer wanted: replies need not wait behind it. */
  async function bring(key: string, card: Card, thread: string | null, unwanted?: AbortSignal): Promise<void> {
    const there = posted.get(key);
    if (!there?.ref) return post(key, card, thread);
    const version = versionOf(deps, card);
    if (there.version === version) return;
    await lease.keep();
    await chat.update(there.ref, card, unwanted);
    await remember(key, { ref: there.ref, version });
  }

  /** The attempt is written down first: after a crash the chat is asked whether it was delivered. */
  async function post(key: string, card: Card, thread: string | null): Promise<void> {
    const version = versionOf(deps, card);
    const maybeDelivered = posted.has(key);
    await lease.keep();
    await remember(key, { ref: null, version });
    const ref = await chat.post(conversation, thread, `${run}:${key}`, card, maybeDelivered);
    // What an earlier process delivered may tell an older state.
    if (maybeDelivered) await chat.update(ref, card);
    await remember(key, { ref, version });
  }

  async function remember(key: string, message: PostedMessage): Promise<void> {
    posted.set(key, message);
    await deps.journal.setPosted(run, chat.kind, key, message);
  }
}

function versionOf({ ids }: Deps, card: Card): string {
  return ids.sha256(JSON.stringify(card)).slice(0, 16);
}
