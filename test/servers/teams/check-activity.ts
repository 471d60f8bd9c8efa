import type { AdaptiveCard, Room } from './world.ts';

/** What Teams answers to an activity that it does not take. */
export interface Refusal {
  readonly status: number;
  readonly word: string;
}

interface Attachment {
  readonly contentType?: string;
  readonly name?: string;
  readonly contentUrl?: string;
  readonly content?: Record<string, unknown>;
}

const CARD_LIMIT = 28 * 1024;
const MESSAGE_LIMIT = 100 * 1024;
const ELEMENTS = [
  'TextBlock',
  'RichTextBlock',
  'TextRun',
  'Table',
  'TableRow',
  'TableCell',
  'Container',
  'ActionSet',
  'AdaptiveCard',
  'Input.Text',
  'Action.Execute',
  'Action.Submit',
  'Action.ShowCard',
  'Action.ToggleVisibility',
  'Action.OpenUrl',
];
const bad = (word: string): Refusal => ({ status: 400, word });

/** Every object in a value that has a `type`. */
export function typedIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(typedIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Record<string, unknown>;
  // The data of an action is not part of the card.
  const inner = Object.entries(own).flatMap(([key, each]) => (key === 'data' ? [] : typedIn(each)));
  return typeof own.type === 'string' ? [own, ...inner] : inner;
}

const FILE = 'application/vnd.microsoft.teams.card.file.';

/** Files go to one person only (T19): a question, and once it is answered what shows the file. */
function checkFile({ contentType, name, contentUrl, content }: Attachment, kind: Room['kind'] | null): Refusal | null {
  if (kind !== 'personal') return { status: 403, word: 'FileConsentNotSupported' };
  if (!name) return bad('BadSyntax');
  if (contentType === `${FILE}consent`)
    return Number(content?.sizeInBytes) > 0 && content?.acceptContext ? null : bad('BadSyntax');
  return contentUrl && content?.uniqueId ? null : bad('BadSyntax');
}

function checkCard(card: Record<string, unknown>): Refusal | null {
  const { version, refresh, fallbackText } = card as Partial<AdaptiveCard>;
  if (Buffer.byteLength(JSON.stringify(card)) > CARD_LIMIT) return { status: 413, word: 'MessageSizeTooBig' };
  if (card.type !== 'AdaptiveCard' || !['1.2', '1.3', '1.4', '1.5'].includes(version ?? '')) return bad('BadSyntax');
  if (typeof fallbackText !== 'string' || fallbackText === '') return bad('BadSyntax');
  if ((refresh?.userIds?.length ?? 0) > 60) return bad('BadSyntax');
  const all = typedIn(card);
  if (all.some(({ type }) => !ELEMENTS.includes(String(type)))) return bad('BadSyntax');
  if (all.some(({ type, text }) => ['TextRun', 'TextBlock'].includes(String(type)) && (text ?? '') === ''))
    return bad('BadSyntax');
  const ids = all.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  if (new Set(ids).size !== ids.length) return bad('BadSyntax');
  const targets = all.flatMap(({ targetElements }) => (targetElements ?? []) as string[]);
  if (targets.some((target) => !ids.includes(target))) return bad('BadSyntax');
  // Inputs without an id are not sent; without a label people who cannot see the card do not know what is asked (T14).
  const inputs = all.filter(({ type }) => type === 'Input.Text');
  if (inputs.some(({ id, label }) => !id || !label)) return bad('BadSyntax');
  const execute = all.filter(({ type }) => type === 'Action.Execute');
  if (execute.some(({ verb, title }) => !verb || !title)) return bad('BadSyntax');
  return null;
}

/** What Teams would not take of a message (T9, T14, T15, T18); null when all is well. */
export function checkActivity(
  activity: Readonly<Record<string, unknown>>,
  kind: Room['kind'] | null = null,
): Refusal | null {
  // Counted as UTF-16 (T9).
  if (JSON.stringify(activity).length * 2 > MESSAGE_LIMIT) return { status: 413, word: 'MessageSizeTooBig' };
  if (activity.type !== 'message') return bad('BadSyntax');
  const attachments = (activity.attachments ?? []) as Attachment[];
  if (attachments.length === 0 && !activity.text) return bad('BadSyntax');
  for (const attachment of attachments) {
    const { contentType, content } = attachment;
    if ([`${FILE}consent`, `${FILE}info`].includes(contentType ?? '')) {
      const refusal = checkFile(attachment, kind);
      if (refusal !== null) return refusal;
      continue;
    }
    if (contentType !== 'application/vnd.microsoft.card.adaptive' || !content) return bad('BadSyntax');
    const refusal = checkCard(content);
    if (refusal !== null) return refusal;
  }
  const entities = (activity.entities ?? []) as { type?: string; text?: string }[];
  const missing = entities.some(
    ({ type, text }) => type === 'mention' && !String(activity.text).includes(text ?? '\0'),
  );
  return missing ? bad('BadSyntax') : null;
}
