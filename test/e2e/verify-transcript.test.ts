import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/system/ids.ts';
import { VERSION } from '../../src/cli/version.ts';
import { chainHead } from '../../src/run/chain.ts';
import { TRANSCRIPT_FORMATS } from '../../src/run/transcript/format.ts';
import { renderTranscript } from '../../src/run/transcript/render-transcript.ts';
import { recovered } from '../run/recovered-run.ts';
import { eventsOf } from '../run/sample-run.ts';
import { runExecfmt } from './run-execfmt.ts';

const events = eventsOf(...recovered);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'execfmt-verify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('execfmt transcript --verify', () => {
  it.each(TRANSCRIPT_FORMATS)('tells whether a transcript in %s is whole', { timeout: 60_000 }, async (format) => {
    const thread = { kind: 'not-read', why: 'not asked for' } as const;
    const text = renderTranscript({ events, thread, version: VERSION }, format, systemIds.sha256);
    const whole = await runExecfmt(['transcript', '--verify', write(`whole.${format}`, text)]);
    expect(whole.status).toBe(0);
    expect(whole.stdout).toContain(chainHead(events, systemIds.sha256));

    const forged = await runExecfmt([
      'transcript',
      '--verify',
      write(`forged.${format}`, text.replace('Mallory', 'Malcolm')),
    ]);
    expect(forged.status).toBe(1);
    expect(forged.stdout).toBe('');
    expect(forged.stderr).toMatch(/Line \d+ differs/);

    // One byte that is no UTF-8, in the middle of a word.
    const spoilt = Buffer.from(text);
    spoilt[spoilt.indexOf('Grace') + 1] = 0xff;
    expect((await runExecfmt(['transcript', '--verify', write(`spoilt.${format}`, spoilt)])).status).toBe(1);
  });

  it('ends with 2 for what is no transcript, and for a wrong command line', { timeout: 60_000 }, async () => {
    const readme = await runExecfmt([
      'transcript',
      '--verify',
      fileURLToPath(new URL('../../README.md', import.meta.url)),
    ]);
    expect(readme).toMatchObject({ status: 2, stdout: '' });
    expect(readme.stderr).toContain('no transcript');
    expect((await runExecfmt(['transcript', '--verify', join(folder, 'nosuch')])).status).toBe(2);
    expect((await runExecfmt(['transcript'])).stderr).toContain('--verify FILE');
    expect((await runExecfmt(['transcript', 'r-7k2m9x', '--verify', 'README.md'])).status).toBe(2);
  });
});
