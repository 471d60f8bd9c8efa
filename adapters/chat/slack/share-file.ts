import type { WebClient } from '@slack/web-api';
import type { SharedFile } from '../../../src/ports/chat.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { type CallContext, callSlack } from './call-slack.ts';
import { findInThread } from './find-posted.ts';
import { readFailure, UploadError } from './slack-error.ts';

const UPLOAD_MS = 30_000;
/** Slack shows texts up to this size in the thread (S23), bytes; larger ones are downloads. Nothing of ours comes near. */
const LIMIT = 8 * 1024 * 1024;

/** What sharing needs. */
interface ShareContext extends CallContext {
  readonly client: WebClient;
}

interface Thread {
  readonly channel: string;
  /** The parent's `ts`. */
  readonly thread: string;
}

/**
 * Shares a text as a file in a thread (S23): an address is asked for, the bytes go there, and only then is the file shared. An
 * upload that is not completed is seen by nobody, so it may be repeated; before the last step is repeated the thread is asked
 * whether the file is there. Needs the scope `files:write`. Rejects with ChatError.
 */
export async function shareFile(context: ShareContext, place: Thread, file: SharedFile): Promise<void> {
  const { client } = context;
  const bytes = Buffer.from(file.text.toWellFormed() || '\n').subarray(0, LIMIT);
  const what = `sharing a file in ${place.channel}`;
  const id = await callSlack(context, what, () => upload(client, file, bytes));
  await callSlack(context, what, async (maybeDone) => {
    if (maybeDone && (await isShared(client, place, id))) return;
    await client.files.completeUploadExternal({
      files: [{ id, title: file.title }],
      channel_id: place.channel,
      thread_ts: place.thread,
    });
  });
}

/** Gives the file's id. */
async function upload(client: WebClient, file: SharedFile, bytes: Buffer<ArrayBuffer>): Promise<string> {
  const given = await client.files.getUploadURLExternal({ filename: file.name, length: bytes.byteLength });
  const { upload_url: url, file_id: id } = given;
  if (url === undefined || id === undefined) throw new UploadError(null);
  let status: number;
  try {
    const headers = { 'content-type': 'application/octet-stream' };
    // No token goes along: the address is the permission, and stands at another host.
    status = (await createBoundedFetch(UPLOAD_MS)(url, { method: 'POST', headers, body: bytes })).status;
  } catch (cause) {
    throw new UploadError(null, { cause });
  }
  if (status !== 200) throw new UploadError(status);
  return id;
}

/** Without the scope to read the thread nobody knows; then it is shared again. */
async function isShared(client: WebClient, place: Thread, id: string): Promise<boolean> {
  try {
    return (await findInThread(client, place, ({ files }) => files?.some((each) => each.id === id) ?? false)) !== null;
  } catch (error) {
    if (readFailure(error)?.reason !== 'missing_scope') throw error;
    return false;
  }
}
