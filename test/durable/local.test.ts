import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log, LogFields } from '../../src/ports/log.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import type { Workflows } from '../../src/ports/workflows.ts';
import { workflowsContract } from '../contracts/workflows-contract.ts';
import { createHastyClock } from '../faults/hasty-clock.ts';

/** Engines over one file, all stopped in the end. */
function bench() {
  const dir = mkdtempSync(join(tmpdir(), 'execfmt-durable-'));
  const path = join(dir, 'store.db');
  const engines: Workflows[] = [];
  const logged: (LogFields & { message: string })[] = [];
  const note = (fields: LogFields, message: string) => void logged.push({ ...fields, message });
  const log: Log = { debug: note, info: note, warn: note, error: note };
  return {
    path,
    dir,
    logged,
    engine: (clock: Clock = systemClock) => {
      const engine = createLocalWorkflows({ path, clock, log });
      engines.push(engine);
      return engine;
    },
    cleanUp: async () => {
      await Promise.all(engines.map((engine) => engine.stop()));
      rmSync(dir, { recursive: true });
    },
  };
}

workflowsContract('the local engine', async () => {
  const under = bench();
  return { ...under, crashing: ['local', under.path] };
});

describe('the local engine', () => {
  let under: ReturnType<typeof bench>;
  beforeEach(() => {
    under = bench();
  });
  afterEach(() => under.cleanUp());

  const ahead = (seconds: number): Clock => ({
    ...systemClock,
    now: () => new Date(systemClock.now().getTime() + seconds * 1_000),
  });

  it('shares its file with the journal', async () => {
    const journal = openSqliteJournal(under.path);
    const workflows = under.engine();
    workflows.define('append', async ({ step }) => {
      await step('open', async () => {
        await journal.open('r-aaaaaa', 'x', { key: 'k', fact: { type: 'closed' } }, new Date());
      });
    });
    await workflows.launch();
    await workflows.start('append', 'w1', null);
    expect(await workflows.finished('w1')).toBe('done');
    expect(await journal.read('r-aaaaaa')).toHaveLength(1);
    await journal.stop();
  });

  it('logs why a body failed', async () => {
    const workflows = under.engine();
    workflows.define('break', () => Promise.reject(new TypeError('no such thing')));
    await workflows.launch();
    await workflows.start('break', 'w1', null);
    await workflows.finished('w1');
    expect(under.logged).toContainEqual(
      expect.objectContaining({ workflow: 'w1', name: 'break', error: 'TypeError: no such thing' }),
    );
  });

  it.each([2, -2])('takes no living owner’s workflow over when the clock jumps by %i days', async (days) => {
    const one = under.engine();
    const gate = Promise.withResolvers<void>();
    one.define('hold', () => gate.promise);
    await one.start('hold', 'w1', null);
    const two = under.engine(ahead(days * 86_400));
    two.define('hold', async () => undefined);
    expect(await two.launch()).toEqual([]);
    expect(await two.launch()).toEqual([]);
    gate.resolve();
    expect(await one.finished('w1')).toBe('done');
  });

  it('takes a silent owner’s workflow over, and the old owner writes nothing more', async () => {
    const one = under.engine();
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    one.define('deed', async ({ step }) => {
      await step('a', async () => 'by one');
      await step('b', async () => {
        await gate.promise;
        return 'by one, too late';
      });
      await step('c', async () => void log.push('one must not get here'));
    });
    await one.start('deed', 'w1', null);
    await untilRemembered(under.path, 'a');
    // Its seconds are so short that the other one is silent for long between two of its own.
    const two = under.engine(createHastyClock(20));
    two.define('deed', async ({ step }) => {
      for (const name of ['a', 'b']) log.push(await step(name, async () => 'by two'));
      gate.resolve();
    });
    expect(await two.launch()).toEqual([]);
    expect(await two.finished('w1')).toBe('done');
    await one.stop();
    expect(log).toEqual(['by one', 'by two']);
  });

  it('goes on in the same process when the store failed in the middle and works again', async () => {
    const one = under.engine(createHastyClock(20));
    const log: string[] = [];
    one.define('deed', async ({ step, resumed }) => {
      log.push(await step('a', async () => 'once'));
      if (!resumed) throw new StoreError('unavailable', 'The disk is full.');
    });
    await one.launch();
    await one.start('deed', 'w1', null);
    expect(await one.finished('w1')).toBe('done');
    expect(log).toEqual(['once', 'once']);
    expect(under.logged).toContainEqual(expect.objectContaining({ error: 'StoreError: The disk is full.' }));
  });

  it('takes over at once when the owner’s process is gone from this machine', async () => {
    const one = under.engine();
    one.define('hold', ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)));
    await one.start('hold', 'w1', null);
    const two = under.engine();
    two.define('hold', async () => undefined);
    expect(await two.launch()).toEqual([]);
    const database = new DatabaseSync(under.path);
    database.exec("UPDATE workflows SET owner = 'another', owner_machine = 'another machine', owner_pid = 4194305");
    expect(await two.launch()).toEqual([]);
    const own = under.engine();
    own.define('mark', async () => undefined);
    await own.start('mark', 'w2', null);
    const { machine } = database.prepare("SELECT owner_machine AS machine FROM workflows WHERE id = 'w2'").get() ?? {};
    database.prepare("UPDATE workflows SET owner_machine = ? WHERE id = 'w1'").run(machine ?? null);
    database.close();
    expect(await two.launch()).toEqual(['w1']);
    expect(await two.finished('w1')).toBe('done');
  });

  it('leaves a workflow without a body alone, and says so once', async () => {
    const one = under.engine();
    one.define('old', ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)));
    await one.start('old', 'w1', null);
    await one.stop();
    const two = under.engine();
    expect([await two.launch(), await two.launch()]).toEqual([[], []]);
    expect(under.logged.filter(({ message }) => message.includes('no body'))).toHaveLength(1);
  });
});

async function untilRemembered(path: string, step: string): Promise<void> {
  const database = new DatabaseSync(path, { readOnly: true });
  const select = database.prepare('SELECT 1 FROM steps WHERE name = ?');
  while (!select.get(step)) await systemClock.sleep(5);
  database.close();
}
