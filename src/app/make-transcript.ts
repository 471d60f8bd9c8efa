import type { SharedFile } from '../ports/chat.ts';
import { chainHead } from '../run/chain.ts';
import { foldRun } from '../run/run-state.ts';
import { TRANSCRIPT_MEDIA_TYPES, type TranscriptFormat } from '../run/transcript/format.ts';
import { renderTranscript } from '../run/transcript/render-transcript.ts';
import { redactDeep } from '../view/redact-deep.ts';
import type { Deps } from './deps.ts';
import { readThread } from './read-thread.ts';

/** What making a transcript needs. */
export type TranscriptDeps = Pick<Deps, 'journal' | 'ids' | 'chats' | 'clock' | 'log' | 'redact' | 'version'>;

/**
 * The transcript of a run as a file, with what people wrote in its thread as far as that may be read; its title ends with the head
 * of the hash chain, so that a chat which holds the file's title anchors it. Null when there is no such run.
 */
export async function makeTranscript(
  deps: TranscriptDeps,
  run: string,
  format: TranscriptFormat,
  signal: AbortSignal,
): Promise<SharedFile | null> {
  // The patterns may be younger than the run.
  const events = redactDeep(await deps.journal.read(run), deps.redact);
  const state = foldRun(events);
  const head = chainHead(events, deps.ids.sha256);
  if (!state || head === null) return null;
  const thread = await readThread(deps, state, signal);
  return {
    name: `incident-${run}.${format}`,
    title: `Transcript of ${state.target}, run ${run} (chain head ${head})`,
    mediaType: TRANSCRIPT_MEDIA_TYPES[format],
    text: renderTranscript({ events, thread, version: deps.version }, format, deps.ids.sha256),
  };
}
