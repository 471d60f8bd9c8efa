import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import type { Deps } from '../../src/app/deps.ts';
import { redact } from '../../src/view/redact.ts';
import { memoryImages } from './memory-images.ts';
import { quiet } from './quiet-log.ts';

/**
 * All that the use cases need, with what a test is about set by it: else nothing is configured, no image is published, and the
 * journal and the workflows, which the test stops, are in memory.
 */
export function makeDeps(set: Partial<Deps> = {}): Deps {
  const { clock = systemClock, log = quiet } = set;
  return {
    services: new Map(),
    estates: new Map(),
    swappers: new Map(),
    images: memoryImages({}),
    rebuilds: new Map(),
    histories: new Map(),
    mirrorOf: new Map(),
    metrics: new Map(),
    journal: set.journal ?? openSqliteJournal(':memory:'),
    workflows: set.workflows ?? createLocalWorkflows({ path: ':memory:', clock, log }),
    chats: [],
    clock,
    ids: systemIds,
    log,
    redact,
    verification: { stableForMs: 300, timeoutMs: 10_000, followForMs: 0 },
    builds: { lookEveryMs: 1_000, waitForRunnerMs: 1_000, timeoutMs: 1_000 },
    publicUrl: null,
    version: '0.1.0',
    resetPractice: null,
    ...set,
  };
}
