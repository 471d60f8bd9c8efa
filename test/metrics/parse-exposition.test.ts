import { describe, expect, it } from 'vitest';
import { parseExposition, parseSeries } from '../../adapters/metrics/scrape/parse-exposition.ts';

const read = (text: string) =>
  parseExposition(text).map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

describe('parseExposition', () => {
  it.each<[string, unknown]>([
    ['up 1', ['up', {}, 1]],
    ['  up\t 1  ', ['up', {}, 1]],
    ['up 1 1395066363000', ['up', {}, 1]],
    ['up{} 1', ['up', {}, 1]],
    ['ns:up_total 1', ['ns:up_total', {}, 1]],
    ['up{a="b"} 2', ['up', { a: 'b' }, 2]],
    ['up{a="b",c="d",} 2', ['up', { a: 'b', c: 'd' }, 2]],
    ['up { a = "b" , c="d" } 2', ['up', { a: 'b', c: 'd' }, 2]],
    ['up{a="say \\"hi\\"\\n\\\\n }, x"} 2', ['up', { a: 'say "hi"\n\\n }, x' }, 2]],
    ['up -1.5e+03', ['up', {}, -1500]],
    ['up .5', ['up', {}, 0.5]],
    ['up 1E-2', ['up', {}, 0.01]],
    ['up NaN', ['up', {}, Number.NaN]],
    ['up +Inf', ['up', {}, Number.POSITIVE_INFINITY]],
    ['up -Inf', ['up', {}, Number.NEGATIVE_INFINITY]],
    ['up{a="b"} 3 # {trace="x"} 4', ['up', { a: 'b' }, 3]],
  ])('%j', (line, expected) => {
    expect(read(line)).toEqual([expected]);
  });

  it.each([
    '',
    '# HELP up x',
    '#',
    'up',
    'up x',
    'up 0x10',
    '1up 1',
    'up{a=b} 1',
    'up{a="b" 1',
    'up{a="b"c="d"} 1',
    'up{a="b} 1',
    '<html>',
    'up"x" 1',
  ])('leaves %j out', (line) => {
    expect(read(`${line}\nright 1`)).toEqual([['right', {}, 1]]);
  });

  it('reads a page with Windows line ends', () => {
    expect(read('a 1\r\nb 2\r\n')).toEqual([
      ['a', {}, 1],
      ['b', {}, 2],
    ]);
  });
});

describe('parseSeries', () => {
  it('takes names and labels and nothing else', () => {
    expect(parseSeries('up{a="b"}')).toEqual({ name: 'up', labels: new Map([['a', 'b']]) });
    for (const odd of ['', 'up 1', 'up{a="b"', 'sum(up)', 'up{a=~"b"}']) expect(parseSeries(odd), odd).toBeNull();
  });
});
