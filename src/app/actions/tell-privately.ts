import type { IntentReply } from '../../ports/application.ts';
import { privateCard } from '../../view/private-card.ts';

/** A press that did not count, and why, told to the one who pressed. */
export function notCounted(why: string): IntentReply {
  return { kind: 'private', card: privateCard('Not counted', why) };
}

/** What every press on a plan that is not there is told. */
export const NO_SUCH_PLAN = notCounted('There is no such plan any more.');
