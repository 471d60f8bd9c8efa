/** Where a conversation is in Teams. As JSON it is the id of a conversation; with it a thread is told after a restart, too. */
export interface Place {
  /** The region's connector, with a slash at its end. */
  readonly serviceUrl: string;
  /** The id that messages are posted to; in a channel's thread with `;messageid=<root>` (T8). */
  readonly conversation: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
  readonly tenant: string;
  /** The bot's own id in Teams, `28:<app id>`. */
  readonly bot: string;
}

const KINDS: readonly unknown[] = ['channel', 'groupChat', 'personal'] satisfies Place['kind'][];

/** Whether a value is the name of a kind of conversation. */
export function isKind(value: unknown): value is Place['kind'] {
  return KINDS.includes(value);
}

/** The opaque id of a conversation. */
export function writePlace(place: Place): string {
  const { serviceUrl, conversation, kind, tenant, bot } = place;
  return JSON.stringify({ serviceUrl, conversation, kind, tenant, bot });
}

/** Reads an id that `writePlace` made; anything else is a defect and throws. */
export function readPlace(id: string): Place {
  const { serviceUrl, conversation, kind, tenant, bot } = JSON.parse(id) as Record<string, unknown>;
  const strings = [serviceUrl, conversation, tenant, bot].every((each) => typeof each === 'string');
  if (!strings || !isKind(kind)) throw new TypeError('Not the id of a Teams conversation.');
  return { serviceUrl, conversation, kind, tenant, bot } as Place;
}

/** The channel or chat of a conversation, without its thread: members are asked there. */
export function roomOf(conversation: string): string {
  return conversation.split(';')[0] ?? conversation;
}

/** Where the replies to a posted message go: in a channel below its root, elsewhere into the chat. */
export function threadBelow(place: Place, conversation: string, activity: string): string {
  return place.kind === 'channel' && !conversation.includes(';messageid=')
    ? `${conversation};messageid=${activity}`
    : conversation;
}
