import { expect, it } from 'vitest';
import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { createApplication } from '../../src/app/application.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { waitFor } from '../lab/waiting.ts';
import { makeDeps } from './make-deps.ts';
import { quiet } from './quiet-log.ts';

/** Minutes pass in tenths of a second; shorter times are as long as they are. */
const hurried: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms >= 60_000 ? 100 : ms, signal),
};

it('starts what another process recorded and did not begin before it died', async () => {
  const workflows = createLocalWorkflows({ path: ':memory:', clock: systemClock, log: quiet });
  const deps = makeDeps({ workflows, clock: hurried });
  const { journal } = deps;
  const application = createApplication(() => deps);
  await application.start();
  const fact = {
    type: 'opened',
    target: 'pdf-renderer',
    on: null,
    by: { id: 'web:ann', name: 'Ann' },
    conversation: { chat: 'web', id: 'page' },
    practice: false,
  } as const;
  await journal.open('r-aaaaaa', 'pdf-renderer', { key: 'opened', fact }, new Date());
  await waitFor('the run to be looked at', 20_000, async () => {
    const state = await application.state('r-aaaaaa');
    return state?.closed || null;
  });
  expect((await journal.read('r-aaaaaa')).map(({ key }) => key)).toEqual(expect.arrayContaining(['located', 'closed']));
  await application.stop();
  await journal.stop();
});
