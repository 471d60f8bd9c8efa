import type { IntentReply } from '../../ports/application.ts';
import { type Chat, ChatError, type SharedFile } from '../../ports/chat.ts';
import type { RunEvent } from '../../run/events.ts';
import type { RunState } from '../../run/run-state.ts';
import { transcriptOf } from '../../run/transcript.ts';
import { transcriptHtml } from '../../run/transcript-html.ts';
import { transcriptMarkdown } from '../../run/transcript-markdown.ts';
import { permalinkOf } from '../../view/permalink.ts';
import { privateCard } from '../../view/private-card.ts';
import { PARENT } from '../publish-thread.ts';
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
async function share({ deps }: Desk, chat: Chat, state: RunState, thread: string, format: Format): Promise<string> {
  const file = fileOf(await deps.journal.read(state.run), state, format);
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

function fileOf(events: readonly RunEvent[], { run, target }: RunState, format: Format): SharedFile | null {
  const transcript = transcriptOf(events);
  if (!transcript) return null;
  return {
    name: `incident-${run}.${format}`,
    title: `Incident ${run}: ${target}`,
    mediaType: format === 'md' ? 'text/markdown' : 'text/html',
    text: format === 'md' ? transcriptMarkdown(transcript) : transcriptHtml(transcript),
  };
}

function told(title: string, text: string, tone: 'ok' | 'unknown'): IntentReply {
  return { kind: 'private', card: privateCard(title, text, [], tone) };
}
