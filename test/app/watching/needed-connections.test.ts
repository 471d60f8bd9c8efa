import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { openSqliteJournal } from '../../../adapters/journal/sqlite/journal.ts';
import { systemIds } from '../../../adapters/system/ids.ts';
import { neededConnections } from '../../../src/app/watching/needed-connections.ts';

const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'execfmt-needed-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('tries the store by a write that leaves nothing, and keeps what others claimed', async () => {
  const path = join(folder, 'runs.db');
  const journal = openSqliteJournal(path);
  await journal.claim('delivery:1', new Date());
  const [store] = neededConnections(journal, [], systemIds);
  expect(await store?.try(signal)).toMatchObject({ kind: 'known', value: { detail: 'takes writes' } });
  expect(await journal.claim('delivery:1', new Date())).toBe(false);

  const database = new DatabaseSync(path);
  database.exec('BEGIN IMMEDIATE');
  const held = await store?.try(signal);
  database.close();
  expect(held).toMatchObject({ kind: 'probe-failed', why: { message: expect.stringContaining('was locked') } });
  expect(await store?.try(signal)).toMatchObject({ kind: 'known' });
  await journal.stop();
  expect(await store?.try(signal)).toMatchObject({ kind: 'probe-failed' });
});
