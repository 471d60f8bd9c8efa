import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Press } from '../../../src/view/card.ts';
import { fitOr } from './fit-text.ts';
import { type Ask, readPress, writePress } from './press-value.ts';

/** The `callback_id` of our modals. */
export const MODAL = 'execfmt:ask';

const INPUT = { block: 'said', action: 'line' };
const TITLE = 24;
const LABEL = 2000;
/** What a person may write: a sentence or two, for the record. */
const SAID = 300;

/** Where the button stood; carried through the modal, for Slack does not say it again. */
export interface PressedAt {
  readonly conversation: string;
  readonly channel: string;
  readonly thread: string | null;
}

const plain = (text: string, max: number, otherwise: string) =>
  ({ type: 'plain_text', text: fitOr(text, max, otherwise), emoji: false }) as const;

/** The modal that asks for a line before a press counts. A press takes at most 2,000 characters, so it fits `private_metadata`. */
export function renderModal(press: Press, ask: Ask, { conversation, channel, thread }: PressedAt): ModalView {
  return {
    type: 'modal',
    callback_id: MODAL,
    private_metadata: JSON.stringify({ press: writePress(press), conversation, channel, thread }),
    title: plain(ask.title, TITLE, 'execfmt'),
    submit: plain(ask.ok, TITLE, 'Go on'),
    close: plain('Cancel', TITLE, 'Cancel'),
    blocks: [
      {
        type: 'input',
        block_id: INPUT.block,
        optional: true,
        label: plain(ask.label, LABEL, 'Why?'),
        element: { type: 'plain_text_input', action_id: INPUT.action, multiline: false, max_length: SAID },
      },
    ],
  };
}

/** What came back; null for a modal of another version. `said` is cut, and absent when nothing was written. */
export function readSubmission(
  view: Pick<ViewOutput, 'private_metadata' | 'state'>,
): (PressedAt & { readonly press: Press | null; readonly said?: string }) | null {
  let read: unknown;
  try {
    read = JSON.parse(view.private_metadata);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { press, conversation, channel, thread } = read as Record<string, unknown>;
  if (typeof conversation !== 'string' || typeof channel !== 'string') return null;
  const said = view.state.values[INPUT.block]?.[INPUT.action]?.value?.trim().slice(0, SAID);
  return {
    conversation,
    channel,
    thread: typeof thread === 'string' ? thread : null,
    press: readPress(press),
    ...(said ? { said } : {}),
  };
}
