import { createHmac, timingSafeEqual } from 'node:crypto';
import { isKind, type Place } from './place.ts';

/**
 * Where somebody asked, sealed into the buttons of what they are told in the chat with them alone: a press there goes on in the
 * channel that they asked in. A client may send any data, so it counts only with the seal, for this person.
 */
export interface Origins {
  seal(place: Place, user: string): string;
  /** The place as this person's press means it; null when the seal is not ours, or another person's. */
  open(origin: string, at: Place, user: string): Place | null;
}

/** 128 bits, as base64url. */
const SEAL = 22;

/** Sealed with a key that is made of the bot's secret: a new secret ends what was sealed before, and needs no store. */
export function createOrigins(secret: string): Origins {
  const key = createHmac('sha256', secret).update('execfmt: origin of a private answer').digest();
  const sealOf = (text: string, user: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([text, user]))
      .digest('base64url')
      .slice(0, SEAL);
  return {
    seal({ kind, conversation }, user) {
      const text = `${kind} ${conversation}`;
      return `${sealOf(text, user)} ${text}`;
    },
    open(origin, at, user) {
      const [seal = '', kind, ...rest] = origin.split(' ');
      const conversation = rest.join(' ');
      const expected = Buffer.from(sealOf(`${kind} ${conversation}`, user));
      const given = Buffer.from(seal);
      if (given.length !== expected.length || !timingSafeEqual(given, expected) || !isKind(kind)) return null;
      return { ...at, kind, conversation };
    },
  };
}
