import type { Person } from '../../../src/approval/person.ts';
import { isKind, type Place } from './place.ts';

/** One activity of Teams as far as it matters here. */
export interface Incoming {
  /** Unique: Teams' own ids are so within a conversation only. */
  readonly id: string;
  readonly type: string;
  /** Of an invoke: what is asked for. */
  readonly name: string;
  readonly by: Person;
  /** The person's id in Teams (`29:…`), for a chat with them alone. */
  readonly user: string;
  readonly fromBot: boolean;
  /** Where it happened. */
  readonly place: Place;
  /** What it is about: the same, but for presses in what was told to one person alone. */
  readonly about: Place;
  readonly text: string;
  /** How the bot is mentioned in the text; empty when it is not. */
  readonly mentions: readonly string[];
  readonly value: unknown;
  /** The message that a press or an answer belongs to; empty when none does. */
  readonly replyTo: string;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const MENTIONS = 50;

function mentionsOf(entities: unknown, bot: string): string[] {
  if (!Array.isArray(entities)) return [];
  return entities
    .slice(0, MENTIONS)
    .map(fieldsOf)
    .filter(({ type, mentioned }) => type === 'mention' && fieldsOf(mentioned).id === bot)
    .map(({ text }) => textOf(text));
}

/** Entra's object id, which approvers are named by; a guest without one keeps their id in Teams, which no approver has. */
function personOf(from: Fields): Person {
  const object = textOf(from.aadObjectId).toLowerCase();
  const id = `teams:${object || textOf(from.id)}`;
  return { id, name: textOf(from.name).slice(0, 200) || id };
}

/** The tenants that an activity says it is of. */
export function tenantsOf(activity: Fields): readonly string[] {
  const said = [fieldsOf(fieldsOf(activity.channelData).tenant).id, fieldsOf(activity.conversation).tenantId];
  return said.filter((tenant): tenant is string => typeof tenant === 'string' && tenant !== '');
}

/** Makes a verified activity neutral; null when it lacks what every activity of Teams has. */
export function readActivity(activity: Fields, tenant: string): Incoming | null {
  const from = fieldsOf(activity.from);
  const conversation = fieldsOf(activity.conversation);
  const bot = textOf(fieldsOf(activity.recipient).id);
  const [id, user, to] = [activity.id, from.id, conversation.id].map(textOf);
  if (!id || !user || !to || !bot) return null;
  const said = conversation.conversationType;
  const kind = isKind(said) ? said : conversation.isGroup === true ? 'groupChat' : 'personal';
  const serviceUrl = textOf(activity.serviceUrl).replace(/\/*$/, '/');
  const place: Place = { serviceUrl, conversation: to, kind, tenant, bot };
  return {
    id: `${to}/${id}`,
    type: textOf(activity.type),
    name: textOf(activity.name),
    by: personOf(from),
    user,
    fromBot: user.startsWith('28:') || from.role === 'bot',
    place,
    about: place,
    text: textOf(activity.text),
    mentions: mentionsOf(activity.entities, bot),
    value: activity.value,
    replyTo: textOf(activity.replyToId),
  };
}
