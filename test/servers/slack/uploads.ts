import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Args, fail, parentOf, type Result, text } from './results.ts';
import type { SlackMessage, World } from './world.ts';

/** `files.getUploadURLExternal` (S23): the length is in bytes, and not 0. */
export function getUploadUrl(world: World, args: Args): Result {
  const name = text(args.filename);
  const length = Number(args.length);
  if (name === '' || !Number.isInteger(length) || length <= 0) return fail('invalid_arguments');
  const id = `F0${world.serial()}`;
  world.files.set(id, { id, name, length, bytes: null, title: null });
  return { ok: true, upload_url: `${world.base()}/upload/${id}`, file_id: id };
}

/** The POST of a file's bytes: exactly as many as were announced. The address is the permission: a token does not belong there. */
export async function answerUpload(world: World, id: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const file = world.files.get(id);
  if (file === undefined || req.method !== 'POST') return void res.writeHead(404).end();
  if (req.headers.authorization !== undefined || bytes.length !== file.length || file.bytes !== null) {
    return void res.writeHead(400).end('upload_failed');
  }
  file.bytes = bytes;
  res.writeHead(200).end(`OK - ${bytes.length}`);
}

interface Asked {
  readonly id?: string;
  readonly title?: string;
}

/** `files.completeUploadExternal`: shares what was uploaded, once, in a channel or a thread of it. */
export function completeUpload(world: World, args: Args): Result {
  const asked = Array.isArray(args.files) ? (args.files as Asked[]) : [];
  if (asked.length === 0) return fail('invalid_arguments');
  const files = asked.map(({ id }) => world.files.get(id ?? ''));
  if (files.some((file) => file === undefined || file.bytes === null || file.title !== null))
    return fail('file_not_found');
  const channel = world.channels.get(text(args.channel_id));
  if (channel === undefined || (channel.isPrivate && !channel.botIsMember)) return fail('invalid_channel');
  if (!channel.botIsMember || channel.archived || channel.restricted) return fail('posting_to_channel_denied');
  const parent = args.thread_ts === undefined ? undefined : parentOf(channel, args.thread_ts);
  if (args.thread_ts !== undefined && parent === undefined) return fail('invalid_arguments');
  if (parent !== undefined) parent.thread_ts = parent.ts;
  const shown = asked.flatMap(({ id, title }) => {
    const file = world.files.get(id ?? '');
    if (file === undefined) return [];
    file.title = title ?? file.name;
    return [{ id: file.id, name: file.name, title: file.title, size: file.length }];
  });
  const message: SlackMessage = {
    type: 'message',
    ts: world.ts(),
    user: world.botUser,
    bot_id: world.botId,
    text: text(args.initial_comment),
    files: shown,
    ...(parent === undefined ? {} : { thread_ts: parent.ts }),
    flags: {},
  };
  channel.messages.push(message);
  return { ok: true, files: shown };
}
