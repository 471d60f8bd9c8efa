import { expect } from 'vitest';
import type { Message } from './driver.ts';
import type { Stage } from './start-stage.ts';

/** The steps of the playbook, as they are numbered in a thread. */
export const STEPS = ['1', '2', '3', '4', '5', '6', '7', '8'];

/** The first line of a message: its title. */
export const titleOf = ({ text }: Message) => text.split('\n')[0] ?? '';

/** The numbers of the steps, in the order in which they stand in a thread. */
export function stepsOf(thread: readonly Message[]): string[] {
  return thread.flatMap((message) => /^.{0,60}?\b([1-8])\. /.exec(titleOf(message))?.[1] ?? []);
}

/** A whole thread: every step once and in order, and one verdict. */
export async function expectWhole({ chat }: Stage): Promise<void> {
  const thread = await chat.thread();
  expect(stepsOf(thread)).toEqual(STEPS);
  expect(thread.filter((message) => titleOf(message).includes('It will not run'))).toHaveLength(1);
}

/** Nothing was begun, and nothing changed. */
export async function expectUntouched(stage: Stage): Promise<void> {
  expect(await stage.count('action-started')).toBe(0);
  expect((await stage.docker.getContainer('pdf-renderer').inspect()).Config.Image).toMatch(/:v3$/);
}

/** One action was carried out, told once, and left one container, which runs. */
export async function expectRecoveredOnce(stage: Stage): Promise<void> {
  await stage.until('Recovered: pdf-renderer');
  expect(await stage.count('action-started')).toBe(1);
  expect(await stage.count('action-finished')).toBe(1);
  expect((await stage.chat.thread()).filter(({ text }) => text.includes('Recovered: pdf-renderer'))).toHaveLength(1);
  expect(await stage.docker.listContainers({ all: true })).toHaveLength(1);
  expect((await stage.docker.getContainer('pdf-renderer').inspect()).State.Running).toBe(true);
}
