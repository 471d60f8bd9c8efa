import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/read-command.ts';

describe('readCommand', () => {
  it.each([
    ['pdf-renderer', { kind: 'diagnose', target: 'pdf-renderer', on: null }],
    ['/execfmt pdf-renderer', { kind: 'diagnose', target: 'pdf-renderer', on: null }],
    ['  pdf-renderer   on  render-01 ', { kind: 'diagnose', target: 'pdf-renderer', on: 'render-01' }],
    ['', { kind: 'help' }],
    ['/execfmt', { kind: 'help' }],
    ['help', { kind: 'help' }],
    ['list', { kind: 'list' }],
    ['practice', { kind: 'practice' }],
    ['list on render-01', { kind: 'diagnose', target: 'list', on: 'render-01' }],
  ])('reads %j', (text, command) => expect(readCommand(text)).toEqual(command));

  it.each(['a b', 'a on', 'a on b c', 'x'.repeat(300)])('says what is wrong with %j', (text) =>
    expect(readCommand(text).kind).toBe('unreadable'),
  );
});
