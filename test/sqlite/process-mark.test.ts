import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isGone, thisProcess } from '../../adapters/sqlite/process-mark.ts';

it('this process is there, and an earlier one with its id is not', () => {
  expect(isGone(thisProcess)).toBe(false);
  expect(isGone({ ...thisProcess, started: 'an earlier one' })).toBe(true);
});

it('another process is there until it is killed', async () => {
  const other = spawn('sleep', ['60']);
  await once(other, 'spawn');
  const mark = { ...thisProcess, started: 'another', pid: other.pid ?? 0 };
  expect(isGone(mark)).toBe(false);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(isGone(mark)).toBe(true);
  // Of other machines and containers nobody here can tell.
  expect(isGone({ ...mark, machine: 'elsewhere pid:[1]' })).toBe(false);
});

it('a process of another user is there', () => {
  expect(isGone({ ...thisProcess, started: 'init', pid: 1 })).toBe(false);
});
