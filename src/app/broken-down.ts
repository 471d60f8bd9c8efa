import type { Intent, IntentReply } from '../ports/application.ts';
import { StoreError } from '../ports/store-error.ts';
import { privateCard } from '../view/private-card.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';

/** What a person is told whose intent met a defect of ours. */
export function brokenDown({ log }: Deps, { conversation: { chat } }: Intent, error: unknown): IntentReply {
  log.error({ chat, error: describeError(error) }, 'an intent could not be handled');
  const what = 'execfmt could not handle this; the log says why. Try again, and tell its operator.';
  return { kind: 'private', card: privateCard('Something broke', what) };
}

/** What a person is told whose intent the store did not take. */
export function notKept({ log }: Deps, { conversation: { chat } }: Intent, error: unknown): IntentReply {
  // The words of a StoreError are ours, and say what to do.
  const why = error instanceof StoreError ? error.message : 'Its store does not answer.';
  log.error({ chat, error: describeError(error) }, 'the store could not be used');
  const what = `${why} What was under way goes on by itself then; ask again for this.`;
  return { kind: 'private', card: privateCard('execfmt cannot write down what you ask for', what) };
}
