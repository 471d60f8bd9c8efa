import { type Args, fail, type Result, text } from './results.ts';
import { addChannel, type World } from './world.ts';

/** `conversations.open` with one person: the direct messages between them and the bot, the same ones each time. */
export function openDirect(world: World, args: Args): Result {
  const user = text(args.users);
  if (user === '') return fail('users_list_not_supplied');
  if (![...world.channels.values()].some(({ members }) => members.has(user))) return fail('user_not_found');
  const id = user.replace(/^U0/, 'D0');
  if (!world.channels.has(id)) addChannel(world, id, { isPrivate: true, members: new Set([user]) });
  return { ok: true, channel: { id } };
}
