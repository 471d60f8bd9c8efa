import { expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';

it.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['30m', 1_800_000],
  ['1h30m', 5_400_000],
  ['14d', 1_209_600_000],
])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

it.each(['', '30', 'm', '0s', '-1s', '1.5h', '30 m', '15d', '1y', '99999999999999s'])('%j is none', (text) => {
  expect(parseDuration(text)).toBeNull();
});
