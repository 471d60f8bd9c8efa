import type { Platform } from '../../image/platform.ts';
import type { ImageCheck } from '../../playbook/image-check.ts';
import { type CheckRequest, checkImage } from '../check-image.ts';
import type { Deps } from '../deps.ts';
import { createGate } from '../gate.ts';

/** Images that are read at the same time, and how many may wait: reading layers takes memory and somebody's quota. */
const AT_ONCE = 2;
const MOST = 12;
/** Nobody waits longer in a chat. */
const DEADLINE_MS = 10 * 60_000;

/** What somebody asks of an image in a registry. */
export type CheckQuestion = Pick<CheckRequest, 'reference' | 'moves'> & {
  /** None: every one that is published, and those that it is meant for. */
  readonly platforms: readonly Platform[];
  readonly meant: readonly Platform[];
};

/** Checks of images that people in chats ask for: few at a time, and each once however many ask. */
export interface ImageChecks {
  /** Null when too many wait already. Rejects with defects only. */
  ask(question: CheckQuestion): Promise<ImageCheck> | null;
}

/** With the images and the clock of whatever configuration holds when one is asked for. */
export function createImageChecks(current: () => Pick<Deps, 'images' | 'clock'>, signal: AbortSignal): ImageChecks {
  const gate = createGate(AT_ONCE);
  const going = new Map<string, Promise<ImageCheck>>();
  const run = async ({ reference, moves, platforms, meant }: CheckQuestion) => {
    await gate.enter();
    const { images, clock } = current();
    try {
      const wanted = platforms.length > 0 ? platforms : null;
      const request = { image: reference, reference, platforms: wanted, meant, moves };
      return await checkImage({ images, progress: () => {} }, request, clock.deadline(DEADLINE_MS, signal));
    } finally {
      gate.leave();
    }
  };
  return {
    ask(question) {
      const key = JSON.stringify([question.reference, question.platforms, question.meant]);
      const same = going.get(key);
      if (same) return same;
      if (going.size >= MOST) return null;
      const check = run(question).finally(() => going.delete(key));
      going.set(key, check);
      return check;
    },
  };
}
