import type { Chat } from '../ports/chat.ts';
import type { RunState } from '../run/run-state.ts';
import { LONGEST_MESSAGE, MOST_MESSAGES, type ThreadMessages } from '../run/thread-message.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { PARENT } from './tell-thread.ts';

const READ_MS = 15_000;

type ReadingDeps = Pick<Deps, 'journal' | 'chats' | 'clock' | 'log' | 'redact'>;

/** What people wrote in a run's thread, redacted and cut; or a sentence why it is not known. Never rejects for the chat's sake. */
export async function readThread(deps: ReadingDeps, state: RunState, signal: AbortSignal): Promise<ThreadMessages> {
  const { chat: kind } = state.conversation;
  const chat = deps.chats.find((each) => each.kind === kind);
  if (kind === 'web' || kind === 'cli') return notRead('this run was not asked for in a chat thread');
  if (!chat) return notRead('this transcript was made without a connection to the chat');
  if (!chat.messages) return notRead('this chat gives bots no way to read a thread');
  const parent = (await deps.journal.posted(state.run, kind)).get(PARENT)?.ref;
  if (!parent) return notRead('the thread was not posted');
  return ask(deps, chat as Chat & Required<Pick<Chat, 'messages'>>, state, parent, signal);
}

async function ask(
  deps: ReadingDeps,
  chat: Required<Pick<Chat, 'messages'>>,
  state: RunState,
  parent: string,
  signal: AbortSignal,
): Promise<ThreadMessages> {
  try {
    const answer = await chat.messages(state.conversation, parent, deps.clock.deadline(READ_MS, signal));
    if (answer.kind === 'probe-failed') return notRead(`not readable: ${deps.redact(answer.why.message)}`);
    const messages = answer.value.slice(0, MOST_MESSAGES).map(({ by, at, text }) => ({
      by: { id: by.id, name: deps.redact(by.name) },
      at,
      text: deps.redact(text).slice(0, LONGEST_MESSAGE).toWellFormed(),
    }));
    return { kind: 'read', messages };
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ run: state.run, error: describeError(error) }, 'the messages of a thread could not be read');
    return notRead('the chat did not answer');
  }
}

const notRead = (why: string): ThreadMessages => ({ kind: 'not-read', why });
