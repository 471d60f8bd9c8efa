import { checkBlocks } from './check-blocks.ts';
import { openDirect } from './directs.ts';
import { type Args, fail, parentOf, type Result, text } from './results.ts';
import { completeUpload, getUploadUrl } from './uploads.ts';
import { openView } from './views.ts';
import type { SlackChannel, SlackMessage, World } from './world.ts';

const TEXT_POST = 40_000;
const TEXT_UPDATE = 4000;

/** The channel, or why the bot cannot write there (S25). */
function writable(world: World, args: Args): SlackChannel | Result {
  const channel = world.channels.get(text(args.channel));
  if (channel !== undefined && !channel.threads && args.thread_ts !== undefined) {
    return fail('restricted_action_non_threadable_channel');
  }
  if (channel === undefined || (channel.isPrivate && !channel.botIsMember)) return fail('channel_not_found');
  if (channel.archived) return fail('is_archived');
  if (channel.restricted) return fail('restricted_action_read_only_channel');
  if (!channel.botIsMember) return fail('not_in_channel');
  return channel;
}

const isChannel = (found: SlackChannel | Result): found is SlackChannel => 'messages' in found;

/** What is wrong with what is to be shown, or null. */
function refuseContent(args: Args, limit: number): Result | null {
  if (text(args.text) === '' && args.blocks === undefined) return fail('no_text');
  if (text(args.text).length > limit) return fail('msg_too_long');
  const refused = checkBlocks(args.blocks);
  if (refused === null) return null;
  return fail(refused.error, {
    errors: [refused.where],
    response_metadata: { messages: [`[ERROR] ${refused.where}`] },
  });
}

/** Slack makes ids for blocks that have none, new ones each time. */
function withIds(world: World, blocks: unknown): readonly Result[] {
  return ((blocks ?? []) as Result[]).map((block) => ({ block_id: `b${world.serial()}`, ...block }));
}

function postMessage(world: World, args: Args): Result {
  const channel = writable(world, args);
  if (!isChannel(channel)) return channel;
  const refused = refuseContent(args, TEXT_POST);
  if (refused !== null) return refused;
  const { thread_ts: thread, metadata, channel: _, text: __, blocks, token: ___, ...flags } = args;
  const parent = thread === undefined ? undefined : parentOf(channel, thread);
  if (thread !== undefined && parent === undefined) return fail('thread_not_found');
  const message: SlackMessage = {
    type: 'message',
    ts: world.ts(),
    user: world.botUser,
    bot_id: world.botId,
    text: text(args.text),
    blocks: withIds(world, blocks),
    ...(parent === undefined ? {} : { thread_ts: parent.ts }),
    ...(metadata === undefined ? {} : { metadata: metadata as Result }),
    flags,
  };
  if (parent !== undefined) parent.thread_ts = parent.ts;
  channel.messages.push(message);
  return { ok: true, channel: channel.id, ts: message.ts, message: shown(message, false) };
}

function update(world: World, args: Args): Result {
  const channel = writable(world, args);
  if (!isChannel(channel)) return channel;
  const message = channel.messages.find((each) => each.ts === args.ts);
  if (message === undefined) return fail('message_not_found');
  if (message.user !== world.botUser) return fail('cant_update_message');
  const refused = refuseContent(args, TEXT_UPDATE);
  if (refused !== null) return refused;
  message.text = text(args.text);
  // Text without blocks removes the blocks (S13); metadata that is not mentioned stays.
  message.blocks = withIds(world, args.blocks);
  if (args.metadata !== undefined) message.metadata = args.metadata as Result;
  message.edited = { ts: world.ts() };
  return { ok: true, channel: channel.id, ts: message.ts, text: message.text };
}

function postEphemeral(world: World, args: Args): Result {
  const channel = writable(world, args);
  if (!isChannel(channel)) return channel;
  const user = text(args.user);
  if (!channel.members.has(user)) return fail('user_not_in_channel');
  const refused = refuseContent(args, TEXT_POST);
  if (refused !== null) return refused;
  const thread = args.thread_ts;
  if (thread !== undefined && parentOf(channel, thread) === undefined) return fail('thread_not_found');
  const blocks = withIds(world, args.blocks);
  const via = 'chat.postEphemeral';
  world.ephemerals.push({
    channel: channel.id,
    user,
    thread: thread === undefined ? null : text(thread),
    via,
    text: text(args.text),
    blocks,
  });
  return { ok: true, message_ts: world.ts() };
}

function shown(message: SlackMessage, metadata: boolean): Result {
  const { flags: _, metadata: kept, ...rest } = message;
  return metadata && kept !== undefined ? { ...rest, metadata: kept } : rest;
}

const isTrue = (value: unknown) => value === true || value === 'true' || value === '1';

/** One page: the messages and where the next one begins. */
function page(messages: readonly SlackMessage[], args: Args): Result {
  const size = Math.min(Number(args.limit ?? 100) || 100, 1000);
  const from = Number(text(args.cursor) || 0);
  const more = from + size < messages.length;
  const part = messages.slice(from, from + size).map((message) => shown(message, isTrue(args.include_all_metadata)));
  return {
    ok: true,
    messages: part,
    has_more: more,
    response_metadata: { next_cursor: more ? String(from + size) : '' },
  };
}

function replies(world: World, args: Args): Result {
  const channel = world.channels.get(text(args.channel));
  if (channel === undefined) return fail('channel_not_found');
  if (!channel.botIsMember) return fail('not_in_channel');
  const found = channel.messages.filter((each) => each.ts === args.ts || each.thread_ts === args.ts);
  return found.length === 0 ? fail('thread_not_found') : page(found, args);
}

function history(world: World, args: Args): Result {
  const channel = world.channels.get(text(args.channel));
  if (channel === undefined) return fail('channel_not_found');
  if (!channel.botIsMember) return fail('not_in_channel');
  return page(
    channel.messages.filter((each) => each.thread_ts === undefined || each.thread_ts === each.ts).toReversed(),
    args,
  );
}

function groupUsers(world: World, args: Args): Result {
  const users = world.groups.get(text(args.usergroup));
  return users === undefined ? fail('no_such_subteam') : { ok: true, users };
}

function userInfo(world: World, args: Args): Result {
  const id = text(args.user);
  const name = world.names.get(id);
  if (name === undefined) return fail('user_not_found');
  return { ok: true, user: { id, name: name.toLowerCase(), real_name: name, profile: { display_name: name } } };
}

function authTest(world: World): Result {
  return {
    ok: true,
    url: 'https://example.slack.com/',
    team: 'Example',
    team_id: world.team,
    user: 'execfmt',
    user_id: world.botUser,
    bot_id: world.botId,
    is_enterprise_install: false,
  };
}

/** The methods that a bot token may call. */
export const METHODS: Readonly<Record<string, (world: World, args: Args) => Result>> = {
  'auth.test': authTest,
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
  'conversations.replies': replies,
  'conversations.history': history,
  'usergroups.users.list': groupUsers,
  'users.info': userInfo,
  'views.open': openView,
  'conversations.open': openDirect,
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': completeUpload,
};
