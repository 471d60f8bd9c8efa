import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import type { RunningApplication } from '../../src/app/application.ts';
import type { Composition } from '../../src/cli/compose.ts';
import type { Intent } from '../../src/ports/application.ts';
import type { Press } from '../../src/view/card.ts';
import { threadOf } from '../../src/view/thread.ts';
import { waitFor } from '../lab/waiting.ts';
import { composeOver } from './compose-over.ts';

const LONG = { timeout: 240_000 };
const PATIENCE_MS = 60_000;
const by = { id: 'web:ada', name: 'ada' };
const conversation = { chat: 'web', id: 'page' } as const;
const command: Intent = { by, conversation, delivery: 'command 1', what: { kind: 'command', text: 'pdf-renderer' } };

/** Has a process take an intent and die; gives whether it died before it came to its end. */
async function handleAndDie(practice: Practice, store: string, intent: Intent, dieAt: number): Promise<boolean> {
  const task = JSON.stringify({ practice, store, intent, dieAt });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'handle-and-die.ts'), task], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [status, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.once('close', (...ended) => done(ended)),
  );
  if (signal !== 'SIGKILL' && status !== 0) throw new Error(`ended with ${status}:\n${errors}`);
  return signal === 'SIGKILL';
}

function rows(store: string, sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(store, { readOnly: true, timeout: 5_000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const kept = (store: string) => rows(store, 'SELECT key FROM inbox').length;
const nothingKept = (store: string) =>
  waitFor('everything to be handled', PATIENCE_MS, async () => kept(store) === 0 || null);

async function buttonFor(application: RunningApplication, run: string, action: Press['action']): Promise<Press> {
  const state = await application.state(run);
  const buttons = state ? threadOf(state).replies.flatMap(({ card }) => card.buttons) : [];
  const press = buttons.find((button) => button.press.action === action)?.press;
  if (!press) throw new Error(`there is no button to ${action}`);
  return press;
}

describe('what a process received that was killed', () => {
  let folder: string;
  let store: string;
  let practice: Practice;
  let next: Composition | null = null;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-inbox-'));
    store = join(folder, 'store.db');
    practice = await startPractice({ drainSeconds: 5 });
  });
  afterEach(async () => {
    await next?.stop();
    next = null;
    await practice.stop();
    rmSync(folder, { recursive: true });
  });
  const startNext = async () => {
    next = await composeOver(practice, store);
    await next.application.start();
    return next.application;
  };

  // 1 is before anything is kept, 2 right after it, 3 and 4 around the opening of the run; then the work begins beside it.
  it.each([1, 2, 3, 4, 5, 6])(
    'is handled by the next one, once: a command, killed at point %i',
    LONG,
    async (dieAt) => {
      const died = await handleAndDie(practice, store, command, dieAt);
      if (dieAt <= 4) expect(died).toBe(true);
      if (dieAt >= 2 && dieAt <= 4) expect(kept(store)).toBe(1);
      const application = await startNext();
      await nothingKept(store);
      const again = await application.handle(command);
      expect(again.kind).toBe(dieAt === 1 ? 'run' : 'again');
      const [{ run } = { run: '' }] = await application.runs(5);
      await application.diagnosed(run);
      expect(await application.runs(5)).toHaveLength(1);
      const state = await application.state(run);
      expect([state?.by.id, state?.verdict?.verdict.fault]).toEqual(['web:ada', 'wrong-platform-image']);
      expect(kept(store)).toBe(0);
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'is handled by the next one, once: an approval, killed at point %i',
    LONG,
    async (dieAt) => {
      const before = await startNext();
      const asked = await before.handle(command);
      const run = asked.kind === 'run' ? asked.run : '';
      await before.diagnosed(run);
      const propose = { kind: 'press', press: await buttonFor(before, run, 'propose') } as const;
      await before.handle({ by, conversation, delivery: 'press 1', what: propose });
      const what = { kind: 'press', press: await buttonFor(before, run, 'approve') } as const;
      await next?.stop();

      const approval: Intent = { by, conversation, delivery: 'press 2', what };
      const died = await handleAndDie(practice, store, approval, dieAt);
      if (dieAt <= 4) expect(died).toBe(true);
      const application = await startNext();
      if (dieAt === 1) expect(await application.handle(approval)).toEqual({ kind: 'nothing' });
      const plan = (await application.state(run))?.actions[0]?.plan.id ?? '';
      const action = () => application.state(run).then((state) => state?.actions[0]);
      await waitFor('the action to end', PATIENCE_MS, async () => (await action())?.finished ?? null);
      await application.carriedOut(plan);
      await nothingKept(store);
      expect(await application.handle(approval)).toEqual({ kind: 'again' });
      const facts = (await application.events(run)).map(({ fact }) => fact);
      const count = (type: string) => facts.filter((fact) => fact.type === type).length;
      expect([count('action-approved'), count('action-started'), count('action-finished')]).toEqual([1, 1, 1]);
      expect((await action())?.finished?.outcome).toBe('succeeded');
    },
  );

  it('is kept without the secrets that somebody typed, and given up when it ends every process', LONG, async () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    const typed = { kind: 'command', text: `pdf-renderer token=${secret}` } as const;
    await handleAndDie(practice, store, { ...command, what: typed }, 2);
    expect(kept(store)).toBe(1);
    expect(JSON.stringify(rows(store, 'SELECT intent FROM inbox'))).not.toContain(secret);
    const journal = openSqliteJournal(store);
    const [{ key } = { key: '' }] = await journal.unhandled(new Date(Date.now() + 60_000));
    for (let tried = 1; tried <= 5; tried += 1) await journal.claim(`tried ${tried}: ${key}`, new Date());
    await journal.stop();
    const application = await startNext();
    await nothingKept(store);
    expect(await application.runs(5)).toEqual([]);
  });
});
