import type { IAdaptiveCard, IExecuteAction, IShowCardAction, ITextInput } from '@microsoft/teams.cards';
import type { Button } from '../../../src/view/card.ts';
import { costOf, fitLine, fitText } from './fit-text.ts';
import { SAID, writePress } from './press-data.ts';
import { line, linesOf, run } from './render-part.ts';

/** Teams shows six actions of a card; the rest would be lost. */
const ACTIONS = 6;
const LABEL = 75;
const CONFIRM = 1000;

/** The verb of all our presses. */
export const PRESS = 'execfmt/press';

/** What all presses of a card share. */
interface Around {
  /** Where it was asked, sealed; null where the card stands in that place itself. */
  readonly origin: string | null;
}

/** A press that the service answers; clients that know no Action.Execute send the same as a message. */
function execute({ press }: Button, label: string, input: string | null, { origin }: Around): IExecuteAction {
  const data = writePress(press, { input, origin });
  const title = fitLine(label, LABEL, 'Go on');
  const associatedInputs = input === null ? 'none' : 'auto';
  const fallback = { type: 'Action.Submit', title, data, associatedInputs } as const;
  return { type: 'Action.Execute', title, verb: PRESS, data, associatedInputs, fallback };
}

/** A line that may be left empty. */
function askFor({ label }: NonNullable<Button['ask']>, id: string): ITextInput {
  return {
    type: 'Input.Text',
    id,
    label: fitLine(label, 200, 'Why?'),
    maxLength: SAID,
    isMultiline: false,
    isRequired: false,
  };
}

/** Cards have no dialogue: what is asked back, or asked for, is shown below the button, with the button that does it. */
function renderButton(button: Button, index: number, around: Around): IExecuteAction | IShowCardAction {
  const { confirm, ask, label } = button;
  if (confirm === null && ask === undefined) return execute(button, label, null, around);
  const input = ask === undefined ? null : `said-${index}`;
  const title = line([run(fitLine(confirm?.title ?? ask?.title ?? '', 150, 'Sure?'), { weight: 'Bolder' })]);
  const card: IAdaptiveCard = {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      title,
      ...(confirm === null ? [] : linesOf(fitText(confirm.text, CONFIRM)).slice(0, 10)),
      ...(ask === undefined || input === null ? [] : [askFor(ask, input)]),
    ],
    actions: [execute(button, confirm?.ok ?? ask?.ok ?? label, input, around)],
  };
  return { type: 'Action.ShowCard', title: fitLine(`${label} …`, LABEL, 'Go on'), card };
}

/** The buttons of a card that take at most `room` bytes, and how many did not fit. */
export function renderButtons(
  buttons: readonly Button[],
  room: number,
  around: Around = { origin: null },
): { readonly actions: (IExecuteAction | IShowCardAction)[]; readonly left: number } {
  const actions: (IExecuteAction | IShowCardAction)[] = [];
  let spent = 0;
  for (const [index, button] of buttons.entries()) {
    const action = renderButton(button, index, around);
    const cost = costOf(action) + 1;
    if (actions.length >= ACTIONS || spent + cost > room) continue;
    actions.push(action);
    spent += cost;
  }
  return { actions, left: buttons.length - actions.length };
}
