import type { IntentReply } from '../../ports/application.ts';
import { type Chat, ChatError } from '../../ports/chat.ts';
import type { RunState } from '../../run/run-state.ts';
import { permalinkOf } from '../../view/permalink.ts';
import { privateCard } from '../../view/private-card.ts';
import { makeTranscript } from '../make-transcript.ts';
import { PARENT } from '../tell-thread.ts';
import type { Desk } from './desk.ts';
import { findRun, refuseRun } from './find-run.ts';

type Format = 'md' | 'html';

/** `transcript RUN`: shares the whole run as a file in its own thread; where the chat takes no files its address is told. */
export async function shareTranscript(desk: Desk, typed: string, format: Format): Promise<IntentReply> {
  const { deps } = desk;
  const state = await findRun(desk, typed);
  if (!state) return refuseRun(desk, typed, 'transcript');
  const chat = deps.chats.find(({ kind }) => kind === state.conversation.chat);
  const thread = chat && (await deps.journal.posted(state.run, chat.kind)).get(PARENT)?.ref;
  const shared = chat?.share && thread ? await share(desk, chat, state, thread, format) : null;
  const address = permalinkOf(deps.publicUrl, state.run);
  const where = address === null ? '' : ` It is on its page, too: ${address}`;
  if (shared === 'shared') {
    return told(
      `The transcript of ${state.run} is in its thread`,
      `Everything of ${state.target}, from the command on.${where}`,
      'ok',
    );
  }
  const why = shared ?? '';
  if (address !== null) return told(`The transcript of ${state.run}`, `${why}It is on its page: ${address}`, 'ok');
  const here = state.conversation.chat === 'web' ? `It is on its page, /runs/${state.run}. ` : '';
  const terminal = `In a terminal where execfmt runs: \`execfmt transcript ${state.run}\`. With \`publicUrl\` configured its address is told here.`;
  return told(`The transcript of ${state.run}`, `${why}${here}${terminal}`, here ? 'ok' : 'unknown');
}

/** Gives `shared`, or a sentence that says why not. */
async function share(
  { deps, signal }: Desk,
  chat: Chat,
  state: RunState,
  thread: string,
  format: Format,
): Promise<string> {
  const file = await makeTranscript(deps, state.run, format, signal);
  if (!file) return 'This run has no beginning: the store is damaged. ';
  try {
    await chat.share?.(state.conversation, thread, file);
    return 'shared';
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    deps.log.warn({ run: state.run, code: error.code, error: error.message }, 'a transcript could not be shared');
    return 'The chat did not take the file; the log says why. ';
  }
}

function told(title: string, text: string, tone: 'ok' | 'unknown'): IntentReply {
  return { kind: 'private', card: privateCard(title, text, [], tone) };
}
