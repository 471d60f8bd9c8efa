import { type Chat, ChatError } from '../ports/chat.ts';
import type { PostedMessage } from '../ports/journal.ts';
import type { Card } from '../view/card.ts';
import { threadOf } from '../view/thread.ts';
import type { Deps } from './deps.ts';
import { type HeldLease, holdLease } from './hold-lease.ts';
import type { Recorder } from './recorder.ts';

/** Tells chats what happens in runs. The thread in a chat is brought up to the run's state, message by message. */
export interface Publisher {
  /** Something happened in a run; many calls while one message is on its way are told together. */
  changed(run: string): void;
  /** Tells what an earlier process left untold. */
  catchUp(): Promise<void>;
  /** Waits for what is on its way; the rest is told by the next process. */
  stop(): Promise<void>;
}

const PARENT = 'parent';
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** How soon a thread that another replica is telling is looked at again. */
const ELSEWHERE_MS = 1_000;

export function createPublisher(deps: Deps, recorder: Recorder): Publisher {
  const working = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const life = deps.clock.lifetime();

  async function tell(run: string): Promise<void> {
    let wait = RETRY_FIRST_MS;
    do {
      again.delete(run);
      try {
        if (!(await bringUpToDate(deps, recorder, run))) {
          await deps.clock.sleep(ELSEWHERE_MS, life.signal).catch(() => undefined);
          if (await isUntold(deps, recorder, run)) again.add(run);
        }
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

/** Whether a chat waits for something of this run. */
async function isUntold(deps: Deps, recorder: Recorder, run: string): Promise<boolean> {
  const chat = (await recorder.state(run))?.conversation.chat;
  return chat !== undefined && (await deps.journal.untold(chat)).includes(run);
}

/** Tells one thread, as the one replica that does so now; false while another one does. */
async function bringUpToDate(deps: Deps, recorder: Recorder, run: string): Promise<boolean> {
  const kind = (await recorder.state(run))?.conversation.chat;
  const chat = deps.chats.find((one) => one.kind === kind);
  if (!chat) return true;
  return holdLease(deps, `tell ${run} ${chat.kind}`, (lease) => tellThread(deps, recorder, run, chat, lease));
}

/** Posts what the chat does not have yet, in order, and replaces what has changed; the parent last, as it sums up. */
async function tellThread(deps: Deps, recorder: Recorder, run: string, chat: Chat, lease: HeldLease): Promise<void> {
  // Read under the lease: what another replica has posted stands there.
  const state = await recorder.state(run);
  if (!state) return;
  const { conversation } = state;
  const view = threadOf(state);
  const posted = new Map(await deps.journal.posted(run, chat.kind));
  try {
    if (!posted.get(PARENT)?.ref) await post(PARENT, view.parent, null);
    const parent = posted.get(PARENT)?.ref ?? null;
    for (const { key, card } of view.replies) await bring(key, card, parent);
    await bring(PARENT, view.parent, null);
  } catch (error) {
    if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
    deps.log.error(
      { run, chat: chat.kind, code: error.code, error: error.message },
      'the chat does not take this thread; it is left there',
    );
  }
  await deps.journal.setTold(run, chat.kind, view.seq);

  async function bring(key: string, card: Card, thread: string | null): Promise<void> {
    const there = posted.get(key);
    if (!there?.ref) return post(key, card, thread);
    const version = versionOf(deps, card);
    if (there.version === version) return;
    await lease.keep();
    await chat.update(there.ref, card);
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
