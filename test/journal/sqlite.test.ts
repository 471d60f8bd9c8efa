import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import type { EventDraft } from '../../src/run/events.ts';
import { journalContract } from '../contracts/journal-contract.ts';

const at = new Date('2026-11-21T12:00:00.000Z');
const first: EventDraft = { key: 'opened', fact: { type: 'closed' } };

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'execfmt-journal-'));
}

journalContract('a file of SQLite', async () => {
  const dir = folder();
  const journal = openSqliteJournal(join(dir, 'store.db'));
  const second = openSqliteJournal(join(dir, 'store.db'));
  return {
    journal,
    second,
    cleanUp: async () => {
      await journal.stop();
      await second.stop();
      rmSync(dir, { recursive: true });
    },
  };
});

journalContract(
  'SQLite in memory',
  async () => {
    const journal = openSqliteJournal(':memory:');
    return { journal, second: null, cleanUp: () => journal.stop() };
  },
  true,
);

describe('the file', () => {
  let dir: string;
  beforeEach(() => {
    dir = folder();
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is made with its folder, for its owner alone', async () => {
    const path = join(dir, 'new', 'store.db');
    const journal = openSqliteJournal(path);
    await journal.open('r-aaaaaa', 'x', first, at);
    expect(statSync(join(dir, 'new')).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
    await journal.stop();
  });

  it('keeps what was stored when it is opened again', async () => {
    const path = join(dir, 'store.db');
    const before = openSqliteJournal(path);
    await before.open('r-aaaaaa', 'x', first, at);
    await before.claim('k', at);
    await before.stop();
    const later = openSqliteJournal(path);
    expect(await later.read('r-aaaaaa')).toHaveLength(1);
    expect(await later.claim('k', at)).toBe(false);
    expect(await later.open('r-bbbbbb', 'x', first, at)).toEqual({ run: 'r-aaaaaa', opened: false });
    await later.stop();
    await later.stop();
  });

  it('is in WAL mode and does not let an event be changed or removed', async () => {
    const path = join(dir, 'store.db');
    const journal = openSqliteJournal(path);
    await journal.open('r-aaaaaa', 'x', first, at);
    const other = new DatabaseSync(path);
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(() => other.exec("UPDATE events SET key = 'y'")).toThrow('append-only');
    expect(() => other.exec('DELETE FROM events')).toThrow('append-only');
    other.close();
    await journal.stop();
  });

  it('writes nothing of a call that fails in its middle', async () => {
    const journal = openSqliteJournal(join(dir, 'store.db'));
    await journal.open('r-aaaaaa', 'x', first, at);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const broken = { key: 'b', fact: circle } as unknown as EventDraft;
    await expect(journal.append('r-aaaaaa', [{ key: 'a', fact: { type: 'closed' } }, broken], at)).rejects.toThrow();
    expect(await journal.read('r-aaaaaa')).toHaveLength(1);
    expect(await journal.append('r-aaaaaa', [{ key: 'a', fact: { type: 'closed' } }], at)).toMatchObject([{ seq: 2 }]);
    await journal.stop();
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is no database at all', () => Buffer.from('this is a text and no database\n'.repeat(500))],
    [
      'has a page overwritten',
      (bytes) => Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0x5a)]),
    ],
  ])('that %s is refused with the way to restore it, untouched', async (_, spoil) => {
    const path = join(dir, 'store.db');
    const journal = openSqliteJournal(path);
    await journal.open('r-aaaaaa', 'x', first, at);
    await journal.stop();
    const spoilt = spoil(readFileSync(path));
    writeFileSync(path, spoilt);
    const refused = thrownBy(() => openSqliteJournal(path));
    expect(refused).toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(`The store ${path} is damaged`),
    });
    expect(refused.message).toContain('backup');
    expect(readFileSync(path).equals(spoilt)).toBe(true);
  });

  it('of a newer program is refused', async () => {
    const path = join(dir, 'store.db');
    await openSqliteJournal(path).stop();
    const other = new DatabaseSync(path);
    other.exec("UPDATE schema_versions SET version = 99 WHERE component = 'journal'");
    other.close();
    expect(thrownBy(() => openSqliteJournal(path)).code).toBe('too-new');
  });

  it('in a place that is no folder is refused with words', () => {
    writeFileSync(join(dir, 'file'), '');
    const refused = thrownBy(() => openSqliteJournal(join(dir, 'file', 'store.db')));
    expect(refused).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot be opened or made'),
    });
    expect(thrownBy(() => openSqliteJournal(dir)).code).toBe('unavailable');
  });

  it('lets nobody wait for the lease of a process that was killed', async () => {
    const path = join(dir, 'store.db');
    const journal = openSqliteJournal(path);
    const script = join(import.meta.dirname, 'take-lease.ts');
    const killed = await promisify(execFile)(process.execPath, [script, path, 'tell r-aaaaaa']).catch(
      (error: { signal: string; stdout: string }) => error,
    );
    expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: 'true' });
    expect(await journal.lease('tell r-aaaaaa', 60_000)).toBe(true);
    await journal.stop();
  });

  it('is shared by processes that start at once: one opens, one claims, none fails', async () => {
    const path = join(dir, 'new', 'store.db');
    const script = join(import.meta.dirname, 'open-and-claim.ts');
    const processes = await Promise.all(
      Array.from({ length: 4 }, (_, index) => promisify(execFile)(process.execPath, [script, path, `r-${index}`])),
    );
    const answers = processes.map(
      ({ stdout }) => JSON.parse(stdout) as { opened: boolean; run: string; claims: number },
    );
    expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
    expect(new Set(answers.map(({ run }) => run)).size).toBe(1);
    expect(answers.reduce((sum, { claims }) => sum + claims, 0)).toBe(50);
    const journal = openSqliteJournal(path);
    const events = await journal.read(answers[0]?.run ?? '');
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    await journal.stop();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });
});

function thrownBy(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
