import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import type { EventDraft } from '../../src/run/events.ts';
import { suite } from '../lab/requirements.ts';
import { fencedBlocks } from './fenced-blocks.ts';
import { readPage } from './pages.ts';

const at = new Date('2026-11-21T12:00:00.000Z');
const first: EventDraft = { key: 'opened', fact: { type: 'closed' } };

suite('backup and restore, as docs/operate.md tells', ['sqlite3'], () => {
  const blocks = fencedBlocks(readPage('docs/operate.md'));
  let folder = '';
  const store = () => join(folder, 'data', 'execfmt.db');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-backup-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function type(title: string): void {
    const block = blocks.find((each) => each.title === title);
    if (!block) throw new Error(`the page has no commands for ${title}`);
    // With a socket for its input bash takes a first shell for one that sshd started, and reads the machine's settings of a terminal.
    const { status, stderr } = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', block.text], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  }

  it('brings back what was there when the backup was made, from a store in use', async () => {
    const journal = openSqliteJournal(store());
    await journal.open('r-before', 'x', first, at);
    type('backup');
    await journal.open('r-after', 'y', first, at);
    await journal.stop();
    writeFileSync(store(), 'this is no database');
    expect(() => openSqliteJournal(store())).toThrow(/is damaged, and execfmt does not mend it/);
    type('restore');
    expect(statSync(store()).mode & 0o777).toBe(0o600);
    const again = openSqliteJournal(store());
    expect(await again.read('r-before')).toHaveLength(1);
    expect(await again.read('r-after')).toHaveLength(0);
    await again.stop();
  });
});
