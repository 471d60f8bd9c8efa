import { expect, it } from 'vitest';
import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { createApplication } from '../../src/app/application.ts';
import type { Deps } from '../../src/app/deps.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { waitFor } from '../lab/waiting.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Minutes pass in tenths of a second; shorter times are as long as they are. */
const hurried: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms >= 60_000 ? 100 : ms, signal),
};

it('starts what another process recorded and did not begin before it died', async () => {
  const journal = openSqliteJournal(':memory:');
  const deps: Deps = {
    services: new Map(),
    estates: new Map(),
    swappers: new Map(),
    images: null as unknown as Deps['images'],
    histories: new Map(),
    mirrorOf: new Map(),
    metrics: new Map(),
    journal,
    workflows: createLocalWorkflows({ path: ':memory:', clock: systemClock, log }),
    chats: [],
    clock: hurried,
    ids: systemIds,
    log,
    redact: (text) => text,
    verification: { stableForMs: 0, timeoutMs: 1_000, followForMs: 0 },
    publicUrl: null,
    version: 'test',
    rebuilds: new Map(),
    builds: { lookEveryMs: 0, waitForRunnerMs: 0, timeoutMs: 0 },
    resetPractice: null,
  };
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
