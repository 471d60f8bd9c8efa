/** Where a message stands; a reference is its JSON. */
export interface MessageReference {
  readonly serviceUrl: string;
  /** Where replies to it go, and where it is updated. */
  readonly conversation: string;
  readonly activity: string;
  /** `<run>:<card>`: what is shown in it, for those whose client asks for the newest state. */
  readonly key: string;
}

/** The opaque reference of a message. */
export function writeReference({ serviceUrl, conversation, activity, key }: MessageReference): string {
  return JSON.stringify({ serviceUrl, conversation, activity, key });
}

/** Reads a reference that `writeReference` made; anything else is a defect and throws. */
export function readReference(reference: string): MessageReference {
  const read = JSON.parse(reference) as Record<string, unknown>;
  const { serviceUrl, conversation, activity, key } = read;
  if (![serviceUrl, conversation, activity, key].every((each) => typeof each === 'string'))
    throw new TypeError('Not a reference to a Teams message.');
  return { serviceUrl, conversation, activity, key } as MessageReference;
}
