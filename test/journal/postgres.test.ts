import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresJournal } from '../../adapters/journal/postgres/journal.ts';
import { asStoreError } from '../../adapters/journal/postgres/store-error.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import type { EventDraft } from '../../src/run/events.ts';
import { quiet as log } from '../app/quiet-log.ts';
import { journalContract } from '../contracts/journal-contract.ts';
import { type LabPostgres, startPostgres } from '../lab/postgres.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';

const at = new Date('2026-11-21T12:00:00.000Z');
const first: EventDraft = { key: 'opened', fact: { type: 'closed' } };

suite('the journal on PostgreSQL', ['postgresql'], () => {
  let server: LabPostgres;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
  });
  afterAll(() => server.stop());
  const database = () => server.createDatabase(`journal_${++databases}`);

  journalContract('a database of PostgreSQL', async () => {
    const url = await database();
    const journal = await openPostgresJournal({ url, log });
    const second = await openPostgresJournal({ url, log });
    return {
      journal,
      second,
      cleanUp: async () => {
        await journal.stop();
        await second.stop();
      },
    };
  });

  it('keeps what was stored when the server is killed, and calls wait until it is back', async () => {
    const journal = await openPostgresJournal({ url: await database(), log });
    await journal.open('r-aaaaaa', 'x', first, at);
    await journal.claim('k', at);
    await server.halt('crash');
    const waiting = [journal.append('r-aaaaaa', [{ key: 'a', fact: { type: 'closed' } }], at), journal.claim('k2', at)];
    await server.resume();
    expect(await Promise.all(waiting)).toEqual([[expect.objectContaining({ seq: 2 })], true]);
    expect(await journal.read('r-aaaaaa')).toHaveLength(2);
    expect(await journal.claim('k', at)).toBe(false);
    await journal.stop();
  });

  it('tells what another process changed while the connection was cut', async () => {
    const url = await database();
    const [journal, second] = [await openPostgresJournal({ url, log }), await openPostgresJournal({ url, log })];
    const told: string[] = [];
    journal.watch((run) => told.push(run));
    await second.open('r-aaaaaa', 'x', first, at);
    await waitFor('the first change', 20_000, async () => told.includes('r-aaaaaa') || null);
    await server.query(
      'postgres',
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'execfmt%'",
    );
    await second.open('r-bbbbbb', 'y', first, at);
    await waitFor('the change during the cut', 20_000, async () => told.includes('r-bbbbbb') || null);
    await Promise.all([journal.stop(), second.stop()]);
  });

  it('does not let an event be changed or removed', async () => {
    const url = await database();
    const journal = await openPostgresJournal({ url, log });
    await journal.open('r-aaaaaa', 'x', first, at);
    const name = url.split('/').at(-1) ?? '';
    for (const statement of [
      "UPDATE execfmt.events SET key = 'y'",
      'DELETE FROM execfmt.events',
      'TRUNCATE execfmt.events',
    ])
      await expect(server.query(name, statement)).rejects.toMatchObject({ code: '23001' });
    await journal.stop();
  });

  it('writes nothing of a call that fails in its middle', async () => {
    const journal = await openPostgresJournal({ url: await database(), log });
    await journal.open('r-aaaaaa', 'x', first, at);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const broken = { key: 'b', fact: circle } as unknown as EventDraft;
    await expect(journal.append('r-aaaaaa', [{ key: 'a', fact: { type: 'closed' } }, broken], at)).rejects.toThrow();
    expect(await journal.append('r-aaaaaa', [{ key: 'a', fact: { type: 'closed' } }], at)).toMatchObject([{ seq: 2 }]);
    await journal.stop();
  });

  it('lists what contains a text, in whatever case', async () => {
    const journal = await openPostgresJournal({ url: await database(), log });
    await journal.open('r-aaaaaa', 'PDF-renderer', first, at);
    await journal.open('r-bbbbbb', '100%_mailer', first, at);
    const found = async (text: string) =>
      (
        await (journal as { list(limit: number, matching?: string): ReturnType<typeof journal.list> }).list(9, text)
      ).map(({ run }) => run);
    expect(await found('pdf-R')).toEqual(['r-aaaaaa']);
    expect(await found('R-BB')).toEqual(['r-bbbbbb']);
    expect(await found('%_')).toEqual(['r-bbbbbb']);
    expect(await found('nothing')).toEqual([]);
    await journal.stop();
  });

  it('has its tables made by processes that start at once, and serves beside a newer version', async () => {
    const url = await database();
    const journals = await Promise.all(Array.from({ length: 6 }, () => openPostgresJournal({ url, log })));
    await Promise.all(journals.map((journal, index) => journal.open(`r-${index}`, `target ${index}`, first, at)));
    expect(await journals[0]?.list(10)).toHaveLength(6);
    const name = url.split('/').at(-1) ?? '';
    await server.query(
      name,
      "INSERT INTO execfmt.kysely_migration (name, timestamp) VALUES ('9999-of-a-newer-one', 'now')",
    );
    await server.query(name, "ALTER TABLE execfmt.runs ADD COLUMN newer text NOT NULL DEFAULT ''");
    const older = await openPostgresJournal({ url, log });
    expect(await older.open('r-older', 'y', first, at)).toMatchObject({ opened: true });
    await Promise.all([...journals, older].map((journal) => journal.stop()));
  });

  it('says where it is and what to do when it cannot be used, without the password', async () => {
    const nowhere = server.url('nowhere').replace('lab@', 'lab:hunter2@');
    const missing = await openPostgresJournal({ url: nowhere, log }).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(StoreError);
    expect(missing).toMatchObject({ code: 'refused', message: expect.stringContaining('does not exist') });
    const closed = await openPostgresJournal({ url: 'postgres://u:hunter2@127.0.0.1:1/x', log }).catch(
      (error: unknown) => error,
    );
    expect(closed).toMatchObject({ code: 'unavailable', message: expect.stringContaining('127.0.0.1:1/x') });
    expect(String(missing) + String(closed)).not.toContain('hunter2');
  });
});

describe('an error of PostgreSQL', () => {
  it.each([
    ['57P01', 'unavailable'],
    ['08006', 'unavailable'],
    ['40001', 'unavailable'],
    ['53300', 'unavailable'],
    ['28P01', 'refused'],
    ['42501', 'refused'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'refused'],
    ['53100', 'full'],
    ['XX001', 'damaged'],
  ])('%s is told as %s, whatever its text', (code, kind) => {
    expect(asStoreError(Object.assign(new Error('egal'), { code }), 'postgres://h/d')).toMatchObject({ code: kind });
  });

  it('that is a defect of ours stays what it is', () => {
    const defect = Object.assign(new Error('syntax error'), { code: '42601' });
    expect(asStoreError(defect, 'postgres://h/d')).toBe(defect);
  });
});
