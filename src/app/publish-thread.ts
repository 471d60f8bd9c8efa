import type { Deps } from './deps.ts';
import { holdLease } from './hold-lease.ts';
import type { Recorder } from './recorder.ts';
import { tellThread } from './tell-thread.ts';

/** Tells chats what happens in runs. The thread in a chat is brought up to the run's state, message by message. */
export interface Publisher {
  /** Something happened in a run; many calls while one message is on its way are told together. */
  changed(run: string): void;
  /** Tells what an earlier process left untold. */
  catchUp(): Promise<void>;
  /** Waits for what is on its way; the rest is told by the next process. */
  stop(): Promise<void>;
}

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** For so long rounds may end early for something newer; then the parent is told all the same. */
const LONGEST_STALE_MS = 60_000;
/** How soon a thread that another replica is telling is looked at again. */
const ELSEWHERE_MS = 1_000;

export function createPublisher(deps: Deps, recorder: Recorder): Publisher {
  const working = new Map<string, Promise<void>>();
  const again = new Set<string>();
  /** Ends when what is being told is old news. */
  const rounds = new Map<string, ReturnType<Deps['clock']['lifetime']>>();
  const life = deps.clock.lifetime();

  async function tell(run: string): Promise<void> {
    let wait = RETRY_FIRST_MS;
    let lastWhole = deps.clock.monotonic();
    do {
      again.delete(run);
      try {
        const round = deps.clock.lifetime();
        if (deps.clock.monotonic() - lastWhole < LONGEST_STALE_MS) rounds.set(run, round);
        const told = await bringUpToDate(deps, recorder, run, round.signal).finally(() => rounds.delete(run));
        if (told !== 'stale') lastWhole = deps.clock.monotonic();
        if (told === 'elsewhere') {
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
        rounds.get(run)?.end();
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

/** Tells one thread, as the one replica that does so now. `stale`: it ended early for something newer. */
async function bringUpToDate(
  deps: Deps,
  recorder: Recorder,
  run: string,
  newer: AbortSignal,
): Promise<'told' | 'stale' | 'elsewhere'> {
  const kind = (await recorder.state(run))?.conversation.chat;
  const chat = deps.chats.find((one) => one.kind === kind);
  if (!chat) return 'told';
  let whole = true;
  const held = await holdLease(deps, `tell ${run} ${chat.kind}`, async (lease) => {
    whole = await tellThread(deps, recorder, { run, chat, lease, newer });
  });
  if (!held) return 'elsewhere';
  return whole ? 'told' : 'stale';
}
