import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Ids } from '../../src/ports/clock.ts';

/** Letters and digits that cannot be mistaken for one another when they are read aloud or copied: no 0 o, 1 l i. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Names from the machine's own randomness: 887 million runs, a million million plans. */
export const systemIds: Ids = {
  run: () => `r-${Array.from({ length: 6 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`,
  plan: () => randomBytes(5).toString('hex'),
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
};
