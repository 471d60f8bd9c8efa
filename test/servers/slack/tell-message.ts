import type { SlackMessage } from './world.ts';

const INDENT = '    ';

/** A message for a terminal: its texts in order, and its buttons in brackets. Replies are indented. */
export function tellMessage(message: Pick<SlackMessage, 'blocks' | 'text'> & { readonly thread_ts?: string }): string {
  const lines = (message.blocks ?? []).flatMap(linesOf);
  const text = (lines.length > 0 ? lines : [message.text]).join('\n');
  return message.thread_ts === undefined ? text : text.replace(/^/gm, INDENT);
}

function linesOf(block: unknown): string[] {
  if (Array.isArray(block)) return block.flatMap(linesOf);
  if (typeof block !== 'object' || block === null) return [];
  const { type, text, ...rest } = block as Record<string, unknown>;
  if (type === 'button') return [`[${textOf(text)}]`];
  const own = textOf(text);
  return [...(own.trim() === '' ? [] : [own]), ...Object.values(rest).flatMap(linesOf)];
}

/** A text, or the text in a text object. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const inner = (value as { readonly text?: unknown } | undefined)?.text;
  return typeof inner === 'string' ? inner : '';
}
