import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencedBlocks } from './fenced-blocks.ts';
import { openShell, type Shell } from './shell.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = `data/first-run-${process.pid}`;
const MINUTE = 120_000;

/** Somebody else may use the documented ports while tests run: four in a row, and the page's. */
async function freePorts(): Promise<number> {
  for (let first = 21_000 + (process.pid % 10_000); ; first += 7) {
    const open = await Promise.all([0, 1, 2, 3, 4].map((offset) => tryPort(first + offset)));
    if (open.every(Boolean)) return first;
  }
}

const tryPort = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

describe('docs/first-run.md', () => {
  const blocks = fencedBlocks(readFileSync(join(ROOT, 'docs/first-run.md'), 'utf8'));
  let [first, second]: (Shell | null)[] = [null, null];
  let own = (text: string) => text;

  beforeAll(async () => {
    const base = await freePorts();
    own = (text) =>
      text
        .replace(/\b471([0-3])\b/g, (_, offset: string) => String(base + Number(offset)))
        .replaceAll('data/first-run', FOLDER)
        .replace('slack: { channels', `web: { listen: "127.0.0.1:${base + 4}" }\n  slack: { channels`);
    first = openShell(ROOT, { STAND_IN_PORT: String(base) });
    second = openShell(ROOT);
  });

  afterAll(async () => {
    await second?.close();
    await first?.close();
    rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  });

  it('leads to a recovered service when its commands are typed as they stand there', {
    timeout: 3 * MINUTE,
  }, async () => {
    if (!first || !second) throw new Error('no terminals');
    const titles = blocks.map(({ language, title }) => `${language} ${title}`.trim());
    expect(titles.filter((title) => title === 'output')).toHaveLength(5);
    let mark = { shell: second, from: 0 };
    for (const { language, title, text } of blocks) {
      const shell: Shell = language === 'slack' || title === 'stand-in' ? first : second;
      if (language === 'output') {
        await mark.shell.says(text.replace('execfmt.yaml is valid', 'is valid'), mark.from);
        continue;
      }
      if (language === 'yaml') {
        mkdirSync(join(ROOT, FOLDER), { recursive: true });
        writeFileSync(join(ROOT, FOLDER, title), own(text));
        continue;
      }
      mark = { shell, from: shell.output().length };
      if (title === 'transcript') await makeTranscript(text);
      else await typeAll(shell, own(text), language);
      if (title === 'stand-in') await shell.says('Type /execfmt');
    }
  });

  /** In Slack the next button is there when the answer to the last press is. */
  async function typeAll(shell: Shell, text: string, language: string): Promise<void> {
    for (const line of text.split('\n')) {
      const button = /^press (.*?)(?: as |$)/.exec(line)?.[1];
      if (language === 'slack' && button !== undefined) await shell.says(`[${button}]`);
      shell.type(line);
    }
  }

  async function makeTranscript(command: string): Promise<void> {
    const run = /\br-[2-9a-z]{6}\b/.exec(first?.output() ?? '')?.[0] ?? 'no run was told';
    const third = openShell(join(ROOT, FOLDER));
    try {
      third.type(command.replace('r-7k2m9x', run));
      await third.says('## Timeline');
    } finally {
      await third.close();
    }
  }
});
