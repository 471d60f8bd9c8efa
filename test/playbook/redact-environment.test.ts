import { describe, expect, it } from 'vitest';
import { redactEnvironment } from '../../src/playbook/redact-environment.ts';

describe('the values of a container’s environment, in what it wrote', () => {
  it.each<[string, string[], string[], string, string]>([
    ['are hidden', ['DB=postgres://u:p@db'], [], 'to postgres://u:p@db now', 'to [value of DB] now'],
    ['are hidden wherever they stand', ['T=abcdefgh'], [], 'xabcdefghx abcdefgh', 'x[value of T]x [value of T]'],
    ['are hidden whole, also with signs of equality in them', ['T=abcd=efgh'], [], 'abcd=efgh', '[value of T]'],
    ['are hidden though they look like a pattern', ['T=a.c*(d)[e]$'], [], 'a.c*(d)[e]$ abcc', '[value of T] abcc'],
    ['are put in place literally', ['A$&=abcdefgh'], [], 'abcdefgh', '[value of A$&]'],
    [
      'stay in longer words when they are short',
      ['LEVEL=info'],
      [],
      'information info x1info info',
      'information [value of LEVEL] x1info [value of LEVEL]',
    ],
    ['stay in longer words up to seven characters', ['T=abcdefg'], [], 'abcdefgh abcdefg', 'abcdefgh [value of T]'],
    ['stay when they are shorter than four characters', ['DEBUG=yes'], [], 'yes', 'yes'],
    ['are hidden from four characters on', ['T=true'], [], 'true', '[value of T]'],
    ['of PATH stay', ['PATH=/usr/bin'], [], '/usr/bin', '/usr/bin'],
    [
      'that are part of the command stay: it is shown anyway',
      ['APP=/app/render'],
      ['/app/render'],
      '/app/render',
      '/app/render',
    ],
    [
      'of several lines are hidden line by line',
      ['KEY=first line\r\nsecond line\n  third line  '],
      [],
      'first line, second line, third line',
      '[value of KEY], [value of KEY], [value of KEY]',
    ],
    [
      'that begin alike are hidden whole, the longest first',
      ['A=secret12', 'B=secret1234'],
      [],
      'secret1234 secret12',
      '[value of B] [value of A]',
    ],
    ['without a name are none', ['=abcdefgh', 'abcdefgh'], [], 'abcdefgh', 'abcdefgh'],
    ['are nothing in an empty environment', [], [], 'abcdefgh', 'abcdefgh'],
  ])('%s', (_what, env, command, text, redacted) => expect(redactEnvironment(env, command)(text)).toBe(redacted));

  it.each([null, undefined])('are nothing without an environment: %s', (env) => {
    expect(redactEnvironment(env, [])('abcdefgh')).toBe('abcdefgh');
  });
});
