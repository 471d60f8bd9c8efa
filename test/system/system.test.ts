import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { readConfigFile } from '../../adapters/system/read-config-file.ts';
import { readSecret } from '../../adapters/system/read-secret.ts';

describe('the clock', () => {
  it('never goes back, and a sleep is not shorter than asked', async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(18);
  });

  it('ends a sleep when the signal aborts, also one beyond the longest timer', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(2 ** 40, controller.signal);
    controller.abort();
    await expect(sleep).rejects.toThrow();
    await expect(systemClock.sleep(1, controller.signal)).rejects.toThrow();
  });

  it('aborts a deadline when its time has passed', async () => {
    const deadline = systemClock.deadline(5);
    expect(deadline.aborted).toBe(false);
    await new Promise((resolve) => deadline.addEventListener('abort', resolve));
    expect(deadline.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('aborts a deadline with its parent, for the parent’s reason', () => {
    const parent = new AbortController();
    const deadline = systemClock.deadline(60_000, parent.signal);
    parent.abort(new Error('stopped'));
    expect(deadline).toMatchObject({ aborted: true, reason: new Error('stopped') });
  });
});

describe('the ids', () => {
  it('makes run ids that can be said aloud', () => {
    const ids = Array.from({ length: 500 }, systemIds.run);
    for (const id of ids) expect(id).toMatch(/^r-[abcdefghjkmnpqrstuvwxyz2-9]{6}$/);
    expect(new Set(ids).size).toBe(500);
  });

  it('makes plan ids of ten hexadecimal digits, and sums', () => {
    expect(systemIds.plan()).toMatch(/^[0-9a-f]{10}$/);
    expect(systemIds.plan()).not.toBe(systemIds.plan());
    expect(systemIds.sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('files and secrets', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'execfmt-system-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('reads the configuration and says where its relative paths begin', async () => {
    const file = join(dir, 'execfmt.yaml');
    writeFileSync(file, 'hosts: {}\n');
    expect(await readConfigFile(file)).toEqual({ kind: 'known', value: { file, dir, text: 'hosts: {}\n' } });
  });

  it('says what is the matter with a file that cannot be read', async () => {
    writeFileSync(join(dir, 'large'), Buffer.alloc(4_000_001));
    const codes = await Promise.all(
      ['none.yaml', 'large', '.', 'large/below'].map(async (name) => {
        const answer = await readConfigFile(join(dir, name));
        return answer.kind === 'known' ? 'known' : answer.why.code;
      }),
    );
    expect(codes).toEqual(['not-found', 'too-large', 'invalid', 'not-found']);
  });

  it('reads a secret from a variable or a file, without the line end', async () => {
    const path = join(dir, 'secret');
    writeFileSync(path, 'hunter2 \r\n');
    expect(await readSecret({ kind: 'file', path }, {})).toEqual({ kind: 'known', value: 'hunter2 ' });
    expect(await readSecret({ kind: 'env', name: 'X' }, { X: 'hunter2\n' })).toEqual({
      kind: 'known',
      value: 'hunter2',
    });
  });

  it('names the variable or file of a secret that is missing or empty', async () => {
    writeFileSync(join(dir, 'empty'), '\n');
    expect(await readSecret({ kind: 'env', name: 'GITLAB_TOKEN' }, {})).toMatchObject({
      why: { code: 'not-found', message: expect.stringContaining('GITLAB_TOKEN') },
    });
    for (const name of ['empty', 'none']) {
      const path = join(dir, name);
      expect(await readSecret({ kind: 'file', path }, {})).toMatchObject({ why: { code: 'not-found', target: path } });
    }
  });
});
