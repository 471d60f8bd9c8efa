import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';
import { showProgress } from '../../src/cli/show-progress.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A stream that is, or is not, a terminal. */
function streamOf(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream & PassThrough;
  return { stream, written: text(stream as never) };
}

/** A clock whose sleep ends when the test says. */
function heldClock() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const clock: Clock = { ...systemClock, sleep: () => promise };
  const wake = async () => {
    resolve();
    await new Promise(setImmediate);
  };
  return { clock, wake };
}

it('shows a line on a terminal when it takes long, and takes it away', async () => {
  const { stream, written } = streamOf(true);
  const { clock, wake } = heldClock();
  const progress = showProgress(stream, clock);
  progress.say('first');
  await wake();
  progress.say('second\u001b[31m');
  progress.end();
  stream.end();
  expect(await written).toBe('\r\u001b[2K… first\r\u001b[2K… second\\x1b[31m\r\u001b[2K');
});

it('shows nothing when it is over soon, nor where there is no terminal', async () => {
  for (const isTTY of [true, false]) {
    const { stream, written } = streamOf(isTTY);
    const { clock, wake } = heldClock();
    const progress = showProgress(stream, clock);
    progress.say('first');
    if (isTTY) progress.end();
    await (isTTY ? Promise.resolve() : wake());
    progress.end();
    stream.end();
    expect(await written).toBe('');
  }
});
