import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Ids } from '../../src/ports/clock.ts';

/** No letter or digit that can be mistaken for another one, aloud or in print: no 0 o 1 l i. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const RUN_LENGTH = 6;

/** Ids from the system's random source. */
export const systemIds: Ids = {
  run: () => `r-${Array.from({ length: RUN_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`,
  plan: () => randomBytes(5).toString('hex'),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
