import type { Application, Intent } from '../../../src/ports/application.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Card } from '../../../src/view/card.ts';
import { privateCard } from '../../../src/view/private-card.ts';
import type { Origins } from './origin.ts';
import { writePlace } from './place.ts';
import type { CardPress } from './press-data.ts';
import type { Incoming } from './read-activity.ts';
import { sayCommands } from './say-commands.ts';

/** What taking needs. */
export interface TakeContext {
  readonly application: Application;
  readonly log: Log;
}

const AGAIN = privateCard('Taken already', 'This came before; the thread says what became of it.', [], 'ok');

/** A press as what is asked of the application, and where it is meant to be. */
export function readPressed(
  origins: Origins,
  incoming: Incoming,
  { press, said, origin }: CardPress,
): { readonly what: Intent['what']; readonly incoming: Incoming } {
  const about = origin === null ? null : origins.open(origin, incoming.place, incoming.user);
  return {
    what: { kind: 'press', press, ...(said === null ? {} : { said }) },
    incoming: about === null ? incoming : { ...incoming, about },
  };
}

/** A button of another version, or not ours. */
export const OLD_BUTTON = privateCard(
  'execfmt does not know this button',
  'It is of another version. Nothing was done; please ask again.',
);

/**
 * Hands a delivery to the application, which takes it once however often it comes (T21). Gives what only the person who asked is told; null
 * when the thread itself is the answer. Never rejects.
 */
export async function takeIntent(
  { application, log }: TakeContext,
  { id, by, about }: Incoming,
  what: Intent['what'],
  received?: () => void,
): Promise<Card | null> {
  const conversation = { chat: 'teams', id: writePlace(about) } as const;
  const reply = await application.handle({ by, conversation, delivery: id, what }, received);
  if (reply.kind === 'again') {
    log.info({ delivery: id }, 'Teams: a delivery came again and was not taken again.');
    return what.kind === 'press' ? AGAIN : null;
  }
  if (reply.kind === 'private') return sayCommands(reply.card);
  if (reply.kind === 'run' && reply.joined) {
    return privateCard(
      'This is being looked at already',
      `Run ${reply.run}: its thread has everything so far.`,
      [],
      'ok',
    );
  }
  return null;
}
