import type { Person } from '../approval/person.ts';
import { ChatError } from '../ports/chat.ts';
import type { Conversation } from '../run/conversation.ts';
import type { Card } from '../view/card.ts';
import { redactDeep } from '../view/redact-deep.ts';
import type { Deps } from './deps.ts';

const chatOf = ({ chats }: Deps, { chat }: Conversation) => chats.find(({ kind }) => kind === chat);

/** Whether something can be told to one person of this conversation later on. */
export function canTell(deps: Deps, conversation: Conversation): boolean {
  return chatOf(deps, conversation)?.tellPerson !== undefined;
}

/** Tells one person something that they alone see; gives whether they were told. What could not be told is logged. */
export async function tellPerson(deps: Deps, by: Person, conversation: Conversation, card: Card): Promise<boolean> {
  const chat = chatOf(deps, conversation);
  if (!chat?.tellPerson) return false;
  try {
    await chat.tellPerson(by, conversation, redactDeep(card, deps.redact));
    return true;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    deps.log.error(
      { chat: chat.kind, by: by.id, code: error.code, error: error.message },
      'a person could not be told',
    );
    return false;
  }
}
