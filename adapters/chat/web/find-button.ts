import type { Button } from '../../../src/view/card.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';

/** The button at a place of a thread as it stands now: what a page sends back is only the place, never what it means. */
export function findButton(view: ThreadView, key: string, index: number): Button | null {
  const card = key === 'parent' ? view.parent : view.replies.find((reply) => reply.key === key)?.card;
  return card?.buttons[index] ?? null;
}
