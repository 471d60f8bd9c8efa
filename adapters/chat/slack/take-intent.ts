import type { Person } from '../../../src/approval/person.ts';
import type { Application, Intent } from '../../../src/ports/application.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Acknowledge } from './acknowledge.ts';
import { channelOf } from './reference.ts';
import { renderCard } from './render-card.ts';

/** What only the person who asked sees. */
export interface PrivateMessage {
  readonly text: string;
  readonly blocks?: ReturnType<typeof renderCard>['blocks'];
}

/** One verified delivery. */
export interface Delivery {
  readonly id: string;
  readonly by: Person;
  /** `team/channel`. */
  readonly conversation: string;
  /** Null: a press on a button that is not one of ours. */
  readonly what: Intent['what'] | null;
  readonly acknowledge: Acknowledge;
  /** Never rejects. */
  tell(message: PrivateMessage): Promise<void>;
  /** What was pressed in is of no more use: it is taken away. Absent where everybody sees it. Never rejects. */
  spent?(): Promise<void>;
}

/** What taking needs. */
interface TakeContext {
  readonly application: Application;
  /** Null: every channel. */
  readonly channels: readonly string[] | null;
  readonly log: Log;
}

const OLD_BUTTON =
  'execfmt does not know this button: it is of another version. Nothing was done; please ask again with /execfmt.';

function notHere(channels: readonly string[]): string {
  const where = channels.filter((id) => /^[A-Z0-9]+$/.test(id)).map((id) => `<#${id}>`);
  return `execfmt is not set up for this channel. Ask in ${where.join(', ') || 'no channel yet'}, or have this one added to chat.slack.channels.`;
}

/**
 * Hands a delivery to the application, which takes it once however often it comes, acknowledges it when it is kept, and tells
 * the person what only they are told.
 */
export async function takeIntent(context: TakeContext, delivery: Delivery): Promise<void> {
  const { application, channels, log } = context;
  const { what, by, acknowledge } = delivery;
  if (channels !== null && !channels.includes(channelOf(delivery.conversation))) {
    await acknowledge();
    return delivery.tell({ text: notHere(channels) });
  }
  if (what === null) {
    await acknowledge();
    return delivery.tell({ text: OLD_BUTTON });
  }
  const conversation = { chat: 'slack', id: delivery.conversation } as const;
  const reply = await application.handle({ by, conversation, delivery: delivery.id, what }, () => void acknowledge());
  await acknowledge();
  if (reply.kind === 'again')
    return log.info({ delivery: delivery.id }, 'Slack: a delivery came again and was not taken again.');
  if (reply.kind === 'private') await delivery.tell(renderCard(reply.card));
  if (reply.kind === 'run' && reply.joined) {
    const text = `This is being looked at already: run ${reply.run}. Its thread has everything so far.`;
    await delivery.tell({ text });
  }
  await delivery.spent?.();
}
