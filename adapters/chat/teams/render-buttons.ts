import type { IAdaptiveCard, IExecuteAction, IShowCardAction } from '@microsoft/teams.cards';
import type { Button } from '../../../src/view/card.ts';
import { costOf, fitLine, fitText } from './fit-text.ts';
import { writePress } from './press-data.ts';
import { line, linesOf, run } from './render-part.ts';

/** Teams shows six actions of a card; the rest would be lost. */
const ACTIONS = 6;
const LABEL = 75;
const CONFIRM = 1000;

/** The verb of all our presses. */
export const PRESS = 'execfmt/press';

/** A press that the service answers; clients that know no Action.Execute send the same as a message. */
function execute(button: Button, title: string): IExecuteAction {
  const data = writePress(button.press);
  return {
    type: 'Action.Execute',
    title: fitLine(title, LABEL, 'Go on'),
    verb: PRESS,
    data,
    associatedInputs: 'none',
    fallback: { type: 'Action.Submit', title: fitLine(title, LABEL, 'Go on'), data, associatedInputs: 'none' },
  };
}

/** Cards have no dialogue that asks back: what is to be confirmed is shown below the button, with the button that does it. */
function renderButton(button: Button): IExecuteAction | IShowCardAction {
  const { confirm, label } = button;
  if (confirm === null) return execute(button, label);
  const title = line([run(fitLine(confirm.title, 150, 'Sure?'), { weight: 'Bolder' })]);
  const body = [title, ...linesOf(fitText(confirm.text, CONFIRM)).slice(0, 10)];
  const card: IAdaptiveCard = {
    type: 'AdaptiveCard',
    version: '1.5',
    body,
    actions: [execute(button, confirm.ok)],
  };
  return { type: 'Action.ShowCard', title: fitLine(`${label} …`, LABEL, 'Go on'), card };
}

/** The buttons of a card that take at most `room` bytes, and how many did not fit. */
export function renderButtons(
  buttons: readonly Button[],
  room: number,
): { readonly actions: (IExecuteAction | IShowCardAction)[]; readonly left: number } {
  const actions: (IExecuteAction | IShowCardAction)[] = [];
  let spent = 0;
  for (const button of buttons) {
    const action = renderButton(button);
    const cost = costOf(action) + 1;
    if (actions.length >= ACTIONS || spent + cost > room) continue;
    actions.push(action);
    spent += cost;
  }
  return { actions, left: buttons.length - actions.length };
}
