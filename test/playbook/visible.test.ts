import { describe, expect, it } from 'vitest';
import { visible } from '../../src/playbook/visible.ts';

describe('what steers a terminal or a reader’s eye', () => {
  it.each<[string, string, string]>([
    ['an escape sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['a backspace', 'a\bb', 'a\\x08b'],
    ['a return, which would overwrite the line', 'a\rb', 'a\\x0db'],
    ['a tab', 'a\tb', 'a\\x09b'],
    ['a control of the upper half', '\u009b31m', '\\x9b31m'],
    ['a mark that turns the direction of writing', 'a\u202eb', 'a\\u202eb'],
    ['a mark without width', 'a\u200bb', 'a\\u200bb'],
    ['a byte order mark', '\ufeffa', '\\ufeffa'],
    ['a separator of lines', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
    ['the smallest of four digits', 'a\u0600b', 'a\\u0600b'],
    ['a tag beyond the basic plane', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['every one of several', '\u001b\u001b', '\\x1b\\x1b'],
  ])('is shown: %s', (_what, text, shown) => expect(visible(text)).toBe(shown));

  it.each<[string, string]>([
    ['newlines', 'a\nb'],
    ['joiners, which scripts and emoji need', 'a\u200cb\u200dc'],
    ['letters of any script', 'ä ю 漢 👩‍💻'],
  ])('is not what %s are', (_what, text) => expect(visible(text)).toBe(text));

  it('is shown beside half a character, which becomes a whole one', () => {
    expect(visible('a\ud800b')).toBe('a\ufffdb');
  });
});
