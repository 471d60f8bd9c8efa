import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/run/format-duration.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [812, '812 ms'],
    [3_400, '3.4 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 5 min'],
  ])('%i ms are %s', (ms, words) => expect(formatDuration(ms)).toBe(words));
});
