import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFastClock } from '../../app/fast-clock.ts';
import { card, type Stage, startStage } from './start-chat.ts';

const SPEED = 20;
let stage: Stage;
beforeEach(async () => {
  stage = await startStage('socket', { clock: createFastClock(SPEED) });
});
afterEach(() => stage.close());

const post = (key: string) => stage.chat.post(stage.to, null, key, card({ title: key }), false);
/** When each call of a method came, in milliseconds of the fast clock since the first. */
const timesOf = (method: string) => {
  const at = stage.server.calls.filter((call) => call.method === method).map((call) => call.at * SPEED);
  return at.map((time) => time - (at[0] ?? 0));
};

it('lets the whole channel wait as long as Slack asks, and loses nothing', async () => {
  stage.server.fault('chat.postMessage', { kind: 'rate-limit', retryAfter: 7 });
  await Promise.all(['a', 'b', 'c'].map(post));
  const [, ...later] = timesOf('chat.postMessage');
  expect(later.length).toBe(3);
  for (const at of later) expect(at).toBeGreaterThanOrEqual(6_900);
  expect(stage.server.messages().length).toBe(3);
});

it('posts about one message a second into a channel, with a small burst, in the order of the calls', async () => {
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(post));
  const times = timesOf('chat.postMessage');
  for (const [index, at] of times.slice(3).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(3_000);
  expect(stage.server.messages().map(({ blocks }) => /Working · (.)"/.exec(JSON.stringify(blocks))?.[1])).toEqual([
    ...'abcdefg',
  ]);
});
