import { describe, expect, it } from 'vitest';
import { boundedPattern, patternMistake } from '../../src/config/secret-pattern.ts';
import { createRedact } from '../../src/view/create-redact.ts';
import { redactDeep } from '../../src/view/redact-deep.ts';
import { letters, pem } from './redaction/made-up.ts';

function withPattern(pattern: string) {
  expect(patternMistake(pattern)).toBeNull();
  return createRedact([{ name: 'corp key', pattern: boundedPattern(pattern) }]);
}

describe('configured patterns', () => {
  const redact = withPattern('CORP-[a-z]+-[0-9a-f]{8,}');

  it('are removed under their own name, beside what is known everywhere', () => {
    const text = `CORP-ada-0123456789abcdef and glpat-${letters(20)} and CORP-1`;
    expect(redact(text)).toBe('[removed: corp key] and [removed: GitLab token] and CORP-1');
  });

  it('have nothing to do a second time, not even when they match what says that something was removed', () => {
    const greedy = withPattern('removed|password');
    expect(greedy('a password=hunter2')).toBe('a [removed: corp key]=hunter2');
    expect(greedy('[removed: password]')).toBe('[removed: password]');
    expect(greedy(greedy('a removed b'))).toBe('a [removed: corp key] b');
  });

  it('reach every text of a value, also one over several lines of a list', () => {
    const key = ['a', ...pem('PRIVATE KEY').split('\n'), 'b CORP-x-01234567'];
    expect(redactDeep({ deep: [{ lines: key }], n: 1, none: null }, redact)).toEqual({
      deep: [{ lines: ['a', '[removed: private key]', 'b [removed: corp key]'] }],
      n: 1,
      none: null,
    });
  });

  it.each([
    ['a+b1234', 'a'],
    ['key-\\w+', 'key-a'],
    ['key-\\w+', 'a'],
    ['\\w+@corp\\.io', 'a'],
    ['[a-z]+-[a-z]+-1234', 'a-'],
    ['.*secret', 'secre'],
    ['(?:key|kez)-\\d+x', 'key-1'],
    ['x{0,8}x{0,8}y{4}', 'x'],
  ])('that are accepted take time in proportion to the text: %s', (pattern, part) => {
    const slow = withPattern(pattern);
    const measure = (length: number) => {
      const text = part.repeat(length / part.length);
      const start = process.cpuUsage();
      slow(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1_000;
    };
    measure(5_000);
    // Ten times the text: a square would be 100 times the time.
    expect(measure(250_000)).toBeLessThan(Math.max(measure(25_000), 5) * 40);
  });
});
