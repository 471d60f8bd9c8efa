import { type Button, PRESS_ACTIONS, type Press } from '../../../src/view/card.ts';

/** Slack's limit for a button's value, characters. */
export const VALUE_LIMIT = 2000;

const ACTIONS: readonly string[] = PRESS_ACTIONS;

/** What is asked before a press is sent. */
export type Ask = NonNullable<Button['ask']>;

/** A press as the value of a button, with what is asked for before it counts. */
export function writePress(press: Press, ask?: Ask): string {
  const { action, run, subject, hash } = press;
  return JSON.stringify({
    action,
    run,
    subject,
    hash,
    ...(ask && { ask: { title: ask.title, label: ask.label, ok: ask.ok } }),
  });
}

function parse(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'string' || value.length > VALUE_LIMIT) return null;
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The press in a button's value, or null when it is none: a button of another version, or not ours. */
export function readPress(value: unknown): Press | null {
  const { action, run, subject, hash } = parse(value) ?? {};
  if (typeof action !== 'string' || !ACTIONS.includes(action)) return null;
  if (typeof run !== 'string' || typeof subject !== 'string') return null;
  if (hash !== null && typeof hash !== 'string') return null;
  return { action: action as Press['action'], run, subject, hash };
}

/** What a button's value asks for, or null when it asks nothing. */
export function readAsk(value: unknown): Ask | null {
  const ask = parse(value)?.ask;
  if (typeof ask !== 'object' || ask === null) return null;
  const { title, label, ok } = ask as Record<string, unknown>;
  return typeof title === 'string' && typeof label === 'string' && typeof ok === 'string' ? { title, label, ok } : null;
}
