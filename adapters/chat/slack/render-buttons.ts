import type { ActionsBlock, Button as SlackButton } from '@slack/types';
import type { Button } from '../../../src/view/card.ts';
import { costOf, fitOr } from './fit-text.ts';
import { VALUE_LIMIT, writePress } from './press-value.ts';

const ELEMENTS = 25;
const LABEL = 75;
const CONFIRM = { title: 100, text: 300, button: 30 };

/** The `action_id`s of our buttons; the number makes each unique in its message. */
export const ACTION_ID = /^execfmt:\d+$/;

const plain = (text: string, max: number, otherwise: string) =>
  ({ type: 'plain_text', text: fitOr(text, max, otherwise), emoji: false }) as const;

function renderButton(button: Button, index: number): SlackButton {
  const { confirm, style } = button;
  return {
    type: 'button',
    action_id: `execfmt:${index}`,
    text: plain(button.label, LABEL, 'Go on'),
    value: writePress(button.press, button.ask),
    ...(style === 'plain' ? {} : { style }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title, CONFIRM.title, 'Sure?'),
        text: plain(confirm.text, CONFIRM.text, 'Go on?'),
        confirm: plain(confirm.ok, CONFIRM.button, 'Go on'),
        deny: plain(confirm.cancel, CONFIRM.button, 'Cancel'),
        ...(style === 'danger' ? { style } : {}),
      },
    }),
  };
}

/**
 * The buttons of a card in one block that takes at most `room`, and how many did not fit. A button's value is never cut: it
 * would mean something else.
 */
export function renderButtons(
  buttons: readonly Button[],
  room: number,
): { readonly block: ActionsBlock | null; readonly left: number } {
  const elements: SlackButton[] = [];
  let spent = costOf({ type: 'actions', elements });
  let left = 0;
  for (const [index, button] of buttons.entries()) {
    const element = renderButton(button, index);
    const cost = costOf(element) + 1;
    const fits = elements.length < ELEMENTS && spent + cost <= room && (element.value ?? '').length <= VALUE_LIMIT;
    if (fits) {
      elements.push(element);
      spent += cost;
    } else {
      left += 1;
    }
  }
  return { block: elements.length === 0 ? null : { type: 'actions', elements }, left };
}
