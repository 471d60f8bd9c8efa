import { type Chat, ChatError } from '../ports/chat.ts';
import type { WorkflowContext } from '../ports/workflows.ts';
import { chainHead } from '../run/chain.ts';
import type { RunState } from '../run/run-state.ts';
import { isSettled, threadOf } from '../view/thread.ts';
import { transcriptCard } from '../view/transcript-card.ts';
import type { Deps } from './deps.ts';
import { describeError } from './describe-error.ts';
import { makeTranscript } from './make-transcript.ts';
import type { Recorder } from './recorder.ts';
import { PARENT } from './tell-thread.ts';

/** The workflow that shares a transcript; its id is this, the run, and what ended. */
export const SHARE = 'share-transcript';

const LOOK_FIRST_MS = 1_000;
/** Waits grow to this: with all rounds a chat may be away for a day. */
const LOOK_LAST_MS = 60_000;
/** How often a parent is looked for and a share is tried: a chat that is away for longer gets no file, and says so in the log. */
const ROUNDS = 1_500;

/**
 * Starts sharing the transcript of a run that has settled; by its id it is shared once, whoever asks and however often. `ended`: the
 * plan that ended, or null at the end of a diagnosis after which nothing is offered.
 */
export async function startSharing(deps: Deps, recorder: Recorder, run: string, ended: string | null): Promise<void> {
  const state = await recorder.state(run);
  if (!state || !chatOf(deps, state) || !isSettled(state)) return;
  const succeeded = state.actions.find(({ plan }) => plan.id === ended)?.finished?.outcome === 'succeeded';
  // What is offered after a diagnosis, or by what an action has found, goes on; what failed has ended, though it can be tried again.
  if ((ended === null || succeeded) && (state.verdict === null || offers(state))) return;
  await deps.workflows.start(SHARE, `${SHARE}:${run}:${ended ?? 'diagnosed'}`, { run, ended: ended ?? 'diagnosed' });
}

/** Whether a person may ask for a way out now. */
function offers(state: RunState): boolean {
  const buttons = threadOf(state).replies.flatMap(({ card }) => card.buttons);
  return buttons.some(({ press }) => press.action === 'propose');
}

/** The chat that a run’s transcript can be told in: by a file, or else by a link. Null when by neither. */
function chatOf({ chats, publicUrl }: Deps, { conversation }: RunState): Chat | null {
  const chat = chats.find(({ kind }) => kind === conversation.chat);
  return chat && (chat.share || publicUrl !== null) ? chat : null;
}

/**
 * Shares the transcript in the run’s thread, once all that happened stands there: it is the last word. That it is begun is written down first: when the process
 * dies in the middle it is not known whether the file arrived, and it is not sent a second time; it can be asked for.
 */
export async function shareTranscript(
  deps: Deps,
  recorder: Recorder,
  context: WorkflowContext,
  run: string,
  ended: string,
): Promise<void> {
  const key = `transcript:${ended}`;
  for (let round = 0; round < ROUNDS; round += 1) {
    const state = await recorder.state(run);
    const chat = state && chatOf(deps, state);
    if (!state || !chat) return;
    const posted = await deps.journal.posted(run, chat.kind);
    if (posted.get(key)?.ref) return;
    const begun = posted.has(key);
    if (begun && chat.share && context.resumed && round === 0) {
      deps.log.warn({ run }, 'it is not known whether a transcript was shared; it is not sent again');
      return;
    }
    const parent = posted.get(PARENT)?.ref;
    const told = !(await deps.journal.untold(chat.kind)).includes(run);
    if (parent && told && (await tryToShare(deps, { chat, state, parent, key, begun, signal: context.signal }))) return;
    await deps.clock.sleep(Math.min(LOOK_FIRST_MS * (round + 1), LOOK_LAST_MS), context.signal);
  }
  deps.log.error({ run }, 'a transcript could not be shared: the chat has no thread for it, or does not answer');
}

interface Sharing {
  readonly chat: Chat;
  readonly state: RunState;
  /** The reference of the thread’s parent. */
  readonly parent: string;
  readonly key: string;
  /** An earlier attempt may have been delivered. */
  readonly begun: boolean;
  readonly signal: AbortSignal;
}

/** True when it is done, or is no use to try again. */
async function tryToShare(deps: Deps, sharing: Sharing): Promise<boolean> {
  const { chat, state, key } = sharing;
  const { run } = state;
  const version = chainHead(await deps.journal.read(run), deps.ids.sha256) ?? '';
  try {
    const ref = await tell(deps, sharing, version);
    await deps.journal.setPosted(run, chat.kind, key, { ref, version });
    return true;
  } catch (error) {
    sharing.signal.throwIfAborted();
    if (!(error instanceof ChatError)) throw error;
    deps.log.warn({ run, chat: chat.kind, error: describeError(error) }, 'a transcript could not be shared');
    return error.code !== 'unavailable';
  }
}

/** The file where the chat takes files, else a card with the link. Gives what is remembered of it. */
async function tell(deps: Deps, sharing: Sharing, head: string): Promise<string> {
  const { chat, state, parent, key, signal } = sharing;
  const { run, conversation } = state;
  const begin = () => deps.journal.setPosted(run, chat.kind, key, { ref: null, version: head });
  if (!chat.share) {
    await begin();
    const card = transcriptCard(state, head, `${deps.publicUrl}/runs/${run}/transcript.html`);
    return chat.post(conversation, parent, `${run}:${key}`, card, sharing.begun);
  }
  const file = await makeTranscript(deps, run, 'html', signal);
  if (!file) return key;
  signal.throwIfAborted();
  await begin();
  await chat.share(conversation, parent, file);
  return key;
}
