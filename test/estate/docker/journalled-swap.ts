import type { Answer } from '../../../src/playbook/answer.ts';
import type { ImageSwapper, Swap, SwapBefore } from '../../../src/ports/image-swap.ts';

const signal = new AbortController().signal;

/** What the store keeps of one action: the ends of its steps by name. It outlives the process. */
export type Steps = Map<string, Answer<unknown>>;

/** How an action has ended, with what was said last. */
export interface Ending {
  readonly outcome: 'succeeded' | 'restored' | 'failed';
  readonly said: string;
}

/**
 * Does with a swap what an action does, step by step as they are journalled, but for the waiting of its verification. Called
 * again with the same steps it goes on where a process has died. Rejects where that one dies.
 */
export async function journalledSwap(swapper: ImageSwapper, approved: Swap, steps: Steps): Promise<Ending> {
  let swap = approved;
  const step = async <T>(name: string, work: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const known = steps.get(name) ?? (await work());
    steps.set(name, known);
    return known as Answer<T>;
  };
  const undo = async (): Promise<Ending> => {
    const back = await step('put-back', () => swapper.putBack(swap, signal));
    if (back.kind === 'known') return { outcome: 'restored', said: back.value };
    return { outcome: 'failed', said: back.why.message };
  };
  for (const { id, remember, run } of swapper.phases) {
    if (remember) {
      const before = await step<SwapBefore | null>(`before ${id}`, () => remember(swap, signal));
      if (before.kind === 'probe-failed') return undo();
      if (before.value) swap = { ...swap, before: before.value };
    }
    if ((await step(id, () => run(swap, signal))).kind === 'probe-failed') return undo();
  }
  const seen = await step('verify', () => swapper.observe(swap, signal));
  if (seen.kind === 'probe-failed' || !seen.value.running) return undo();
  const finished = await step('finish', () => swapper.finish(swap, signal));
  if (finished.kind === 'probe-failed') {
    const now = await step('after finish', () => swapper.observe(swap, signal));
    if (now.kind === 'probe-failed' && now.why.code === 'not-found') return undo();
  }
  return { outcome: 'succeeded', said: finished.kind === 'known' ? finished.value : finished.why.message };
}
