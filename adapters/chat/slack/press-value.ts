import { PRESS_ACTIONS, type Press } from '../../../src/view/card.ts';

/** Slack's limit for a button's value, characters. */
export const VALUE_LIMIT = 2000;

const ACTIONS: readonly string[] = PRESS_ACTIONS;

/** A press as the value of a button. */
export function writePress(press: Press): string {
  return JSON.stringify({ action: press.action, run: press.run, subject: press.subject, hash: press.hash });
}

/** The press in a button's value, or null when it is none: a button of another version, or not ours. */
export function readPress(value: unknown): Press | null {
  if (typeof value !== 'string' || value.length > VALUE_LIMIT) return null;
  let read: unknown;
  try {
    read = JSON.parse(value);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { action, run, subject, hash } = read as Record<string, unknown>;
  if (typeof action !== 'string' || !ACTIONS.includes(action)) return null;
  if (typeof run !== 'string' || typeof subject !== 'string') return null;
  if (hash !== null && typeof hash !== 'string') return null;
  return { action: action as Press['action'], run, subject, hash };
}
