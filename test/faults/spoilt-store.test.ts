import {
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { opened } from '../run/sample-run.ts';

const at = new Date('2026-11-21T12:00:00.000Z');
const EVENTS = 400;

let folder: string;
const store = () => join(folder, 'execfmt.db');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execfmt-spoilt-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A store with runs, as a killed process leaves it: what was stored last is in its log. `stopped`: as a stopped one does. */
async function leaveStore(how: 'killed' | 'stopped'): Promise<void> {
  const other = join(folder, 'other.db');
  const journal = openSqliteJournal(other);
  for (const run of ['r-aaaaaa', 'r-bbbbbb']) {
    await journal.open(run, run, { key: 'opened', fact: opened }, at);
    for (let each = 0; each < EVENTS; each += 1)
      await journal.append(run, [{ key: `k${each}`, fact: { type: 'failed', message: 'x'.repeat(300) } }], at);
  }
  if (how === 'stopped') await journal.stop();
  for (const end of how === 'killed' ? ['', '-wal', '-shm'] : ['']) cpSync(`${other}${end}`, `${store()}${end}`);
  await journal.stop();
}

function overwrite(file: string, from: number, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, from);
}

const serve = () => {
  const config = join(folder, 'execfmt.yaml');
  writeFileSync(config, `chat: { web: { listen: "127.0.0.1:0" } }\nstore: "sqlite:${store()}"\n`);
  return runExecfmt(['serve', '--config', config]);
};
const files = () =>
  ['', '-wal'].map((end) =>
    statSync(`${store()}${end}`, { throwIfNoEntry: false }) ? readFileSync(`${store()}${end}`) : null,
  );

const SPOILT: readonly [string, 'killed' | 'stopped', () => void][] = [
  ['has pages overwritten in its middle', 'stopped', () => overwrite(store(), 10 * 4096, Buffer.alloc(3 * 4096, 0xa5))],
  ['is cut off', 'stopped', () => truncateSync(store(), Math.floor(statSync(store()).size / 2))],
  ['is cut off within a page', 'stopped', () => truncateSync(store(), statSync(store()).size - 100)],
  ['is full of zeros', 'stopped', () => writeFileSync(store(), Buffer.alloc(statSync(store()).size))],
  ['is empty', 'stopped', () => truncateSync(store(), 0)],
  ['is another file', 'stopped', () => writeFileSync(store(), 'hosts: {}\n'.repeat(1000))],
  ['has lost its log', 'killed', () => rmSync(`${store()}-wal`)],
  ['has an empty log', 'killed', () => truncateSync(`${store()}-wal`, 0)],
  ['has a log that is cut off', 'killed', () => truncateSync(`${store()}-wal`, 5000)],
  [
    'has garbage for a log',
    'killed',
    () => writeFileSync(`${store()}-wal`, Buffer.alloc(statSync(`${store()}-wal`).size, 0x5a)),
  ],
  ['has garbage within its log', 'killed', () => overwrite(`${store()}-wal`, 9000, Buffer.alloc(64, 0x5a))],
  [
    'has garbage for a log, and no index of it',
    'killed',
    () => {
      rmSync(`${store()}-shm`);
      writeFileSync(`${store()}-wal`, Buffer.alloc(9000, 0x5a));
    },
  ],
];

/** Every event's text, within its own bytes, so that the pages stay well-formed. */
function overwriteEvents(): void {
  const bytes = readFileSync(store());
  for (let from = bytes.indexOf('"message":"'); from >= 0; from = bytes.indexOf('"message":"', from + 1))
    bytes.write('~message:~~', from);
  writeFileSync(store(), bytes);
}

describe('a store that', () => {
  it.each(SPOILT)('%s is refused with the way back, and not touched', { timeout: 60_000 }, async (_, how, spoil) => {
    await leaveStore(how);
    spoil();
    const before = files();
    const { status, stderr } = await serve();
    expect(stderr).toContain(`The store ${store()} is damaged, and execfmt does not mend it.`);
    expect(stderr).toContain('put the last copy that `execfmt backup` made in its place');
    expect(stderr).not.toMatch(/ {4}at |broke down/);
    expect(status).toBe(2);
    const [file, log] = files();
    expect(file?.equals(before[0] ?? Buffer.alloc(0))).toBe(true);
    if (before[1] != null) expect(log?.equals(before[1])).toBe(true);
  });

  it('has events overwritten, which SQLite does not see, is refused too', { timeout: 60_000 }, async () => {
    await leaveStore('stopped');
    overwriteEvents();
    const { status, stderr } = await serve();
    expect(stderr).toContain('execfmt does not mend it. An event of run r-bbbbbb cannot be read.');
    expect(status).toBe(2);
  });

  it('was only killed is whole', { timeout: 60_000 }, async () => {
    await leaveStore('killed');
    const journal = openSqliteJournal(store());
    expect(await journal.read('r-bbbbbb')).toHaveLength(EVENTS + 1);
    await journal.stop();
  });
});

describe('execfmt backup', () => {
  const backup = (file: string, url = `sqlite:${store()}`) =>
    runExecfmt(['backup', file], { env: { DATABASE_URL: url }, cwd: folder });

  it('copies a store that is in use as it is, and replaces an older copy', { timeout: 60_000 }, async () => {
    await leaveStore('killed');
    const journal = openSqliteJournal(store());
    const copy = join(folder, 'copy.db');
    writeFileSync(copy, 'an older one');
    const { status, stdout } = await backup('copy.db');
    expect(stdout).toMatch(/copy\.db is a whole copy of .*: 2 runs, \d+ KiB, checked/);
    expect(status).toBe(0);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    await journal.append('r-aaaaaa', [{ key: 'later', fact: { type: 'closed' } }], at);
    await journal.stop();
    const copied = openSqliteJournal(copy);
    expect(await copied.read('r-aaaaaa')).toHaveLength(EVENTS + 1);
    await copied.stop();
  });

  it('refuses what it cannot copy or write, with words, and leaves an older copy alone', {
    timeout: 90_000,
  }, async () => {
    const refused = async (run: ReturnType<typeof runExecfmt>, why: string) => {
      const { status, stderr } = await run;
      expect(stderr).toContain(why);
      expect(status).toBe(2);
    };
    await refused(backup('copy.db'), `There is no store ${store()} to copy.`);
    await refused(backup('copy.db', 'postgres://bot:sesame@db/execfmt'), 'pg_dump');
    await leaveStore('stopped');
    await refused(backup('execfmt.db'), 'is the store itself');
    await refused(backup('no/such/folder/copy.db'), 'cannot be written (ENOENT); the store is as it was.');
    writeFileSync(join(folder, 'copy.db'), 'an older one');
    overwrite(store(), 10 * 4096, Buffer.alloc(3 * 4096, 0xa5));
    await refused(backup('copy.db'), 'is damaged, and execfmt does not mend it');
    expect(readFileSync(join(folder, 'copy.db'), 'utf8')).toBe('an older one');
  });
});
