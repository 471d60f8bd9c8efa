import type { Activity } from 'botbuilder';
import { ChatError, type SharedFile } from '../../../src/ports/chat.ts';
import type { Card } from '../../../src/view/card.ts';
import { callTeams } from './call-teams.ts';
import type { Place } from './place.ts';
import { messageOf, type SendContext } from './post-card.ts';
import { type MessageReference, readReference } from './reference.ts';
import { renderCard } from './render-card.ts';
import type { WaitingFiles } from './waiting-files.ts';

/** Nothing of ours comes near; a file is held in memory until the person has said yes. Bytes. */
const LIMIT = 8 * 1024 * 1024;

/** What asks a person whether the bot may put a file into their OneDrive: bots get files to people in no other way (T19). */
function consentMessage(file: SharedFile, id: string): Partial<Activity> {
  const context = { execfmt: 'file', id };
  const content = {
    description: file.title,
    sizeInBytes: Buffer.byteLength(file.text),
    acceptContext: context,
    declineContext: context,
  };
  const contentType = 'application/vnd.microsoft.teams.card.file.consent';
  return { type: 'message', summary: file.title, attachments: [{ contentType, name: file.name, content }] };
}

/** Where bots cannot send files: the text itself as far as it fits into a card; the page has all of it. */
function textCard({ title, name, text }: SharedFile, run: string, page: string | null): Card {
  const where = page === null ? `All of it in a terminal: execfmt transcript ${run}` : `All of it: ${page}`;
  return {
    tone: 'ok',
    title,
    practice: false,
    parts: [
      { kind: 'text', text: `Teams takes no files from bots in channels and group chats. ${where}` },
      ...(page === null ? [{ kind: 'code', text: `${name}\n${text}` } as const] : []),
    ],
    buttons: [],
    fallback: `${title}. ${where}`,
  };
}

async function post(context: SendContext, { serviceUrl, conversation }: MessageReference, message: Partial<Activity>) {
  await callTeams(context, 'sharing a file', conversation, () =>
    context.connector.send(serviceUrl, conversation, message),
  );
}

/**
 * Shares a text in a thread: in a chat with one person as a file, once they consent; elsewhere by a link to the run's page, or
 * as text where the page has no public address. Rejects with ChatError.
 */
export async function shareFile(
  context: SendContext,
  files: WaitingFiles,
  { kind }: Place,
  thread: string,
  file: SharedFile,
): Promise<void> {
  const reference = readReference(thread);
  const { conversation, key } = reference;
  if (Buffer.byteLength(file.text) > LIMIT)
    throw new ChatError('refused', `Teams: ${file.name} is larger than ${LIMIT} bytes and was not sent.`);
  if (kind === 'personal') {
    const id = files.keep({ file: { ...file, text: file.text || '\n' }, conversation });
    return post(context, reference, consentMessage(file, id));
  }
  const run = key.slice(0, key.indexOf(':'));
  const permalink = context.permalink(run);
  const card = textCard(file, run, permalink);
  await post(context, reference, messageOf(card, renderCard(card, { permalink, linked: true })));
}
