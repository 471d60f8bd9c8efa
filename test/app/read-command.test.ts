import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/read-command.ts';

const DIGEST = `registry.corp.io/team/app@sha256:${'a'.repeat(64)}`;
const amd64 = { os: 'linux', architecture: 'amd64', variant: null };

describe('readCommand', () => {
  it.each([
    ['pdf-renderer', { kind: 'diagnose', target: 'pdf-renderer', on: null }],
    ['/execfmt pdf-renderer', { kind: 'diagnose', target: 'pdf-renderer', on: null }],
    ['  pdf-renderer   on  render-01 ', { kind: 'diagnose', target: 'pdf-renderer', on: 'render-01' }],
    ['', { kind: 'help' }],
    ['/execfmt', { kind: 'help' }],
    ['/execfmt-runner', { kind: 'diagnose', target: '/execfmt-runner', on: null }],
    ['help', { kind: 'help' }],
    ['help status', { kind: 'help' }],
    ['list', { kind: 'list' }],
    ['status', { kind: 'status' }],
    ['practice', { kind: 'practice' }],
    [`check ${DIGEST}`, { kind: 'check', image: DIGEST, platforms: [] }],
    ['check app:v3 linux/x86_64 --platform=linux/amd64', { kind: 'check', image: 'app:v3', platforms: [amd64] }],
    ['check app:v3 --platform linux/amd64', { kind: 'check', image: 'app:v3', platforms: [amd64] }],
    ['transcript r-7k2m9x', { kind: 'transcript', run: 'r-7k2m9x', format: 'md' }],
    ['transcript r-7k2m9x html', { kind: 'transcript', run: 'r-7k2m9x', format: 'html' }],
    ['transcript', { kind: 'which-run', command: 'transcript' }],
    ['again', { kind: 'which-run', command: 'again' }],
    ['again r-7k2m9x', { kind: 'again', run: 'r-7k2m9x' }],
  ])('reads %j', (text, command) => expect(readCommand(text)).toEqual(command));

  it.each(['help', 'status', 'list', 'check', 'transcript', 'again', 'practice', 'diagnose'])(
    'still finds a target that is called %s',
    (target) => {
      expect(readCommand(`diagnose ${target}`)).toEqual({ kind: 'diagnose', target, on: null });
      expect(readCommand(`diagnose ${target} on render-01`)).toEqual({ kind: 'diagnose', target, on: 'render-01' });
      expect(readCommand(`${target} on render-01`)).toEqual({ kind: 'diagnose', target, on: 'render-01' });
    },
  );

  it.each([
    'a b',
    'a on',
    'a on b c',
    'diagnose',
    'diagnose a b',
    'list me',
    'check',
    'check app linux',
    `check ${'x'.repeat(701)}`,
    `check app ${'linux/amd64 '.repeat(21)}`,
    'transcript r-1 pdf',
    'again r-1 r-2',
    'x'.repeat(300),
    `a on ${'x'.repeat(300)}`,
  ])('says what is wrong with %j', (text) => expect(readCommand(text).kind).toBe('unreadable'));

  it.each([
    ['chek app:v3', '/execfmt check app:v3'],
    ['trancript r-7k2m9x', '/execfmt transcript r-7k2m9x'],
    ['pdf-renderer render-01', '/execfmt pdf-renderer on render-01'],
    ['status now', '/execfmt status'],
  ])('suggests for %j what was meant', (text, meant) =>
    expect(readCommand(text)).toMatchObject({ kind: 'unreadable', commands: expect.arrayContaining([meant]) }),
  );
});
