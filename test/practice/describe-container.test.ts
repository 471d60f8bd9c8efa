import { describe, expect, it } from 'vitest';
import { durationInWords } from '../../adapters/practice/engine/describe-container.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('durationInWords', () => {
  it.each([
    [0, 'Less than a second'],
    [1_000, '1 second'],
    [59_999, '59 seconds'],
    [MINUTE, 'About a minute'],
    [59 * MINUTE, '59 minutes'],
    [HOUR, 'About an hour'],
    [2 * HOUR, '2 hours'],
    [47 * HOUR, '47 hours'],
    [48 * HOUR, '2 days'],
    [24 * 21 * HOUR, '3 weeks'],
  ])('%i ms are %s', (milliseconds, words) => expect(durationInWords(milliseconds)).toBe(words));
});
