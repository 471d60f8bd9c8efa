import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';
import { openJournal, openStore, placeOfStore } from '../../src/cli/open-store.ts';
import { quiet as log } from '../app/quiet-log.ts';
import { type LabPostgres, startPostgres } from '../lab/postgres.ts';
import { suite } from '../lab/requirements.ts';

describe('the place of a store', () => {
  it.each([
    ['./data/execfmt.db', './data/execfmt.db'],
    ['postgres://u:hunter2@db.corp.io:5433/execfmt?sslmode=require', 'postgres://db.corp.io:5433/execfmt'],
    ['postgresql://db/execfmt', 'postgresql://db/execfmt'],
  ])('%s is shown as %s', (store, shown) => expect(placeOfStore(store)).toBe(shown));
});

suite('a store in PostgreSQL', ['postgresql'], () => {
  let server: LabPostgres;
  beforeAll(async () => {
    server = await startPostgres({ durable: false });
  });
  afterAll(() => server.stop());

  it('is shared by what is opened for a replica', async () => {
    const url = await server.createDatabase('shared');
    const { journal, workflows } = await openStore(url, log, systemClock, false);
    workflows.define('open', async () => {
      await journal.open('r-aaaaaa', 'x', { key: 'k', fact: { type: 'closed' } }, new Date());
    });
    await workflows.launch();
    expect(await workflows.start('open', 'w1', null)).toBe('started');
    expect(await workflows.finished('w1')).toBe('done');
    const other = await openJournal(url, log);
    expect(await other.read('r-aaaaaa')).toHaveLength(1);
    await workflows.stop();
    await Promise.all([journal.stop(), other.stop()]);
  });

  it('has the runs of a command, which does its own work', async () => {
    const url = await server.createDatabase('alone');
    const { journal, workflows } = await openStore(url, log, systemClock, true);
    let ran = false;
    workflows.define('look', async () => {
      ran = true;
    });
    await workflows.start('look', 'w1', null);
    expect(await workflows.finished('w1')).toBe('done');
    expect(ran).toBe(true);
    expect(await server.query('alone', "SELECT 1 FROM pg_namespace WHERE nspname = 'execfmt_workflows'")).toEqual([]);
    await workflows.stop();
    await journal.stop();
  });
});
