/** Where a message stands; a reference is its JSON. */
interface MessagePlace {
  readonly channel: string;
  readonly ts: string;
}

/** The opaque reference of a message. */
export function writeReference(place: MessagePlace): string {
  return JSON.stringify({ channel: place.channel, ts: place.ts });
}

/** Reads a reference that `writeReference` made; anything else is a defect and throws. */
export function readReference(reference: string): MessagePlace {
  const read: unknown = JSON.parse(reference);
  if (typeof read === 'object' && read !== null && 'channel' in read && 'ts' in read) {
    const { channel, ts } = read;
    if (typeof channel === 'string' && typeof ts === 'string') return { channel, ts };
  }
  throw new TypeError('Not a reference to a Slack message.');
}

/** The channel of a conversation's id, which is `team/channel`. */
export function channelOf(conversation: string): string {
  const channel = conversation.split('/')[1];
  if (channel === undefined || channel === '') throw new TypeError('Not the id of a Slack conversation.');
  return channel;
}
