import type { SlackChannel, SlackMessage } from './world.ts';

export type Args = Readonly<Record<string, unknown>>;
export type Result = Record<string, unknown>;

/** Slack's refusal: status 200, and `ok` false. */
export const fail = (error: string, more: Result = {}): Result => ({ ok: false, error, ...more });

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The message that a thread may hang on: replies are none (S24). */
export const parentOf = (channel: SlackChannel, ts: unknown): SlackMessage | undefined =>
  channel.messages.find((message) => message.ts === ts && (message.thread_ts ?? message.ts) === message.ts);
