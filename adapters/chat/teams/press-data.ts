import { PRESS_ACTIONS, type Press } from '../../../src/view/card.ts';

/** What a button or a refresh of our cards carries. */
export type CardData =
  | { readonly kind: 'press'; readonly press: Press }
  /** A client asks for the newest state of the card with this key. */
  | { readonly kind: 'refresh'; readonly run: string; readonly key: string };

const ACTIONS: readonly string[] = PRESS_ACTIONS;

/** The data of a button. */
export function writePress({ action, run, subject, hash }: Press) {
  return { execfmt: 'press', action, run, subject, hash } as const;
}

/** The data of a refresh, from a card's key `<run>:<card>`. */
export function writeRefresh(key: string) {
  const at = key.indexOf(':');
  return { execfmt: 'refresh', run: key.slice(0, at), key: key.slice(at + 1) } as const;
}

/** Reads what came with a press or a refresh; null when it is none of ours, or of another version. */
export function readCardData(value: unknown): CardData | null {
  if (typeof value !== 'object' || value === null) return null;
  const { execfmt, action, run, subject, hash, key } = value as Record<string, unknown>;
  if (typeof run !== 'string') return null;
  if (execfmt === 'refresh') return typeof key === 'string' ? { kind: 'refresh', run, key } : null;
  if (execfmt !== 'press' || typeof subject !== 'string') return null;
  if (typeof action !== 'string' || !ACTIONS.includes(action)) return null;
  if (hash !== null && typeof hash !== 'string') return null;
  return { kind: 'press', press: { action: action as Press['action'], run, subject, hash } };
}
