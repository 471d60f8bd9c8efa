import { PRESS_ACTIONS, type Press } from '../../../src/view/card.ts';

/** A press as it came in: what was typed with it, and the sealed origin of the card that it stands in. */
export interface CardPress {
  readonly kind: 'press';
  readonly press: Press;
  readonly said: string | null;
  readonly origin: string | null;
}

/** What a button or a refresh of our cards carries. */
export type CardData =
  | CardPress
  /** A client asks for the newest state of the card with this key. */
  | { readonly kind: 'refresh'; readonly run: string; readonly key: string };

const ACTIONS: readonly string[] = PRESS_ACTIONS;

/** What a person may type before a press, characters: a sentence or two, for the record. */
export const SAID = 300;

/** What is carried with a press besides it. */
interface Beside {
  /** The id of the input whose text belongs to the press: ids are unique in a card. Null: nothing is asked. */
  readonly input: string | null;
  readonly origin: string | null;
}

/** The data of a button. */
export function writePress({ action, run, subject, hash }: Press, { input, origin }: Beside) {
  const beside = { ...(input === null ? {} : { input }), ...(origin === null ? {} : { origin }) };
  return { execfmt: 'press', action, run, subject, hash, ...beside } as const;
}

/** The data of a refresh, from a card's key `<run>:<card>`. */
export function writeRefresh(key: string) {
  const at = key.indexOf(':');
  return { execfmt: 'refresh', run: key.slice(0, at), key: key.slice(at + 1) } as const;
}

type Fields = Readonly<Record<string, unknown>>;

/** Clients put what is typed beside the data of the button, by the input's id; an input that was left empty may be missing. */
function saidIn(fields: Fields): string | null {
  const said = typeof fields.input === 'string' ? fields[fields.input] : undefined;
  const line = typeof said === 'string' ? said.replaceAll(/\s+/g, ' ').trim() : '';
  return line === '' ? null : line.slice(0, SAID).toWellFormed();
}

function readPress(fields: Fields): CardPress | null {
  const { action, run, subject, hash, origin } = fields;
  if (typeof run !== 'string' || typeof subject !== 'string') return null;
  if (typeof action !== 'string' || !ACTIONS.includes(action)) return null;
  // What belongs to no run can only be a command; all else is looked up in its run.
  if (run === '' && action !== 'command') return null;
  if (hash !== null && typeof hash !== 'string') return null;
  return {
    kind: 'press',
    press: { action: action as Press['action'], run, subject, hash },
    said: saidIn(fields),
    origin: typeof origin === 'string' ? origin : null,
  };
}

/** Reads what came with a press or a refresh; null when it is none of ours, or of another version. */
export function readCardData(value: unknown): CardData | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Fields;
  const { execfmt, run, key } = fields;
  if (execfmt === 'press') return readPress(fields);
  if (execfmt !== 'refresh' || typeof run !== 'string') return null;
  return typeof key === 'string' ? { kind: 'refresh', run, key } : null;
}
