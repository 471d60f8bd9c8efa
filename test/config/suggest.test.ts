import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/config/suggest.ts';

describe('nearest', () => {
  const names = ['pdf-renderer', 'pdf-merger', 'mailer', 'approvals'];

  it.each([
    ['pdf-rendrer', 'pdf-renderer'],
    ['pdf-rednerer', 'pdf-renderer'],
    ['PDF-Renderer', 'pdf-renderer'],
    ['maliér', 'mailer'],
    ['aprovals', 'approvals'],
  ])('%s was meant to be %s', (word, meant) => expect(nearest(word, names, 1)).toEqual([meant]));

  it('counts two swapped letters as one change', () => {
    expect(nearest('abdc', ['abcd', 'wxyz'], 1)).toEqual(['abcd']);
    expect(nearest('abdx', ['abcd'], 1)).toEqual([]);
  });

  it('puts the nearest first and gives no more than asked for', () => {
    expect(nearest('render', ['renders', 'rendre2', 'render', 'gender'], 2)).toEqual(['render', 'gender']);
  });

  it.each(['', 'x', 'database', 'x'.repeat(5000)])('has no idea for %j', (word) =>
    expect(nearest(word, names, 3)).toEqual([]),
  );
});
