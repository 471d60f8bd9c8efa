import type { Activity } from 'botbuilder';
import { ChatError, type SharedFile } from '../../../src/ports/chat.ts';
import type { Card } from '../../../src/view/card.ts';
import { privateCard } from '../../../src/view/private-card.ts';
import { callTeams } from './call-teams.ts';
import { fetchCapped } from './fetch-capped.ts';
import { messageOf, type SendContext } from './post-card.ts';
import type { Incoming } from './read-activity.ts';
import { renderCard } from './render-card.ts';
import { NoAnswer, TeamsHttpError } from './teams-error.ts';
import type { WaitingFiles } from './waiting-files.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const GONE = privateCard('That file is not here any more', 'execfmt was restarted since. Please ask for it again.');
const DECLINED = privateCard('Not sent', 'You can ask for it again at any time.', [], 'ok');
const FAILED = privateCard('The file could not be sent', 'OneDrive did not take it. Please ask for it again.');

/** OneDrive for Business, in the public cloud and the national ones. */
const CLOUDS = ['.sharepoint.com', '.sharepoint.us', '.sharepoint-mil.us', '.sharepoint.cn'];

/** The address comes through a client, and the file goes there: OneDrive and nothing else, or what stands in for Teams here. */
function isOneDrive(address: string, serviceUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, origin } = new URL(address);
  const ours = hostname === '127.0.0.1' && origin === new URL(serviceUrl).origin;
  return username === '' && (ours || (protocol === 'https:' && CLOUDS.some((cloud) => hostname.endsWith(cloud))));
}

/** The message that shows the file where it is now. */
function fileMessage(file: SharedFile, { uniqueId, fileType, contentUrl, name }: Fields): Partial<Activity> {
  const contentType = 'application/vnd.microsoft.teams.card.file.info';
  const content = { uniqueId: textOf(uniqueId), fileType: textOf(fileType) };
  const shown = { contentType, contentUrl: textOf(contentUrl), name: textOf(name) || file.name, content };
  return { type: 'message', summary: file.title, attachments: [shown] };
}

/** Uploads as one piece. The address is the permission: no token goes along, and it is not logged. */
async function upload(address: string, text: string): Promise<void> {
  const size = Buffer.byteLength(text);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-range': `bytes 0-${size - 1}/${size}`,
  };
  const { status } = await fetchCapped(address, { method: 'PUT', headers, body: text }).catch((cause: unknown) => {
    throw new NoAnswer({ cause });
  });
  if (status >= 300) throw new TeamsHttpError(status, 'of OneDrive', null);
}

/**
 * What a person answered to the question about a file: it is uploaded where Teams says, and the question becomes the file. Once:
 * the file waits no longer then. Rejects with ChatError.
 */
export async function takeConsent(
  context: SendContext,
  files: WaitingFiles,
  { place, replyTo, value }: Incoming,
): Promise<void> {
  const { action, context: about, uploadInfo } = fieldsOf(value);
  const { serviceUrl, conversation } = place;
  const replace = (message: Partial<Activity>) =>
    callTeams(context, 'showing a file', conversation, () =>
      context.connector.update(serviceUrl, conversation, replyTo, message),
    );
  const say = (card: Card) => replace(messageOf(card, renderCard(card)));
  const file = files.take(textOf(fieldsOf(about).id), conversation);
  if (file === null) return say(GONE);
  if (action !== 'accept') return say(DECLINED);
  const info = fieldsOf(uploadInfo);
  const address = textOf(info.uploadUrl);
  if (!isOneDrive(address, serviceUrl)) return say(FAILED);
  try {
    await callTeams(context, 'uploading a file', conversation, () => upload(address, file.text));
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    await say(FAILED);
    throw error;
  }
  await replace(fileMessage(file, info));
}
