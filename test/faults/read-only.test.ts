import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { suite } from '../lab/requirements.ts';
import { opened } from '../run/sample-run.ts';

suite('a data directory that cannot be written', ['mounts'], () => {
  let folder: string;
  const disk = () => join(folder, 'data');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-read-only-'));
    execFileSync('mkdir', [disk()]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'execfmt-test', disk()]);
  });
  afterEach(() => {
    execFileSync('umount', [disk()]);
    rmSync(folder, { recursive: true });
  });

  /** A store with a run in it, as a stopped process leaves it, or a killed one. */
  async function makeStore(path: string, killed: boolean): Promise<void> {
    const journal = openSqliteJournal(path);
    await journal.open('r-aaaaaa', 'x', { key: 'opened', fact: opened }, new Date());
    if (killed) for (const end of ['', '-wal', '-shm']) execFileSync('cp', [`${path}${end}`, `${path}.left${end}`]);
    await journal.stop();
    if (killed)
      for (const end of ['', '-wal', '-shm']) execFileSync('mv', ['-f', `${path}.left${end}`, `${path}${end}`]);
  }

  it.each([
    ['where there is no store yet', 'new/execfmt.db', null],
    ['with the store of a stopped process', 'execfmt.db', false],
    ['with the store of a killed process', 'execfmt.db', true],
  ])('%s is refused with a plain sentence', { timeout: 60_000 }, async (_, name, killed) => {
    const store = join(disk(), name);
    if (killed !== null) await makeStore(store, killed);
    execFileSync('mount', ['-o', 'remount,ro', disk()]);
    const config = join(folder, 'execfmt.yaml');
    writeFileSync(config, `chat: { web: { listen: "127.0.0.1:0" } }\nstore: "sqlite:${store}"\n`);
    const { status, stdout, stderr } = await runExecfmt(['serve', '--config', config]);
    expect(stderr).toMatch(new RegExp(`^execfmt: The store ${store} cannot be (written|opened)[^\\n]*\\.\\n$`));
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
