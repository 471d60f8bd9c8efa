import type { World } from './world.ts';

/** The scope that a method needs; of the history of a channel it depends on the channel. */
function scopeOf(world: World, method: string, args: Readonly<Record<string, unknown>>): string | null {
  if (method === 'users.info') return 'users:read';
  if (method !== 'conversations.replies' && method !== 'conversations.history') return null;
  return world.channels.get(String(args.channel))?.isPrivate ? 'groups:history' : 'channels:history';
}

/** Slack's refusal when the bot token lacks the scope; null when it has it. */
export function refuseScope(world: World, method: string, args: Readonly<Record<string, unknown>>) {
  const needed = scopeOf(world, method, args);
  if (needed === null || world.scopes.has(needed)) return null;
  return { ok: false, error: 'missing_scope', needed, provided: [...world.scopes].join(',') };
}
