import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import type { Deps } from '../../src/app/deps.ts';
import { makeTranscript } from '../../src/app/make-transcript.ts';
import { createRecorder } from '../../src/app/recorder.ts';
import { SHARE, shareTranscript, startSharing } from '../../src/app/share-transcript.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import { ChatError } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { chainHead } from '../../src/run/chain.ts';
import type { RunFact } from '../../src/run/events.ts';
import { verifyTranscript } from '../../src/run/transcript/verify-transcript.ts';
import { recovered } from '../run/recovered-run.ts';
import { approver, opened, reached } from '../run/sample-run.ts';
import { makeDeps } from './make-deps.ts';
import { createNotedChat, type NotedChat } from './noted-chat.ts';

/** Time passes at once. */
const clock: Clock = {
  ...systemClock,
  async sleep(_, signal) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  },
};
const RUN = 'r-test';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A journal with a run, a chat, and the workflow; nothing else of the application. */
async function stageOf(facts: readonly RunFact[], chat: NotedChat, set: Partial<Deps> = {}) {
  const deps = makeDeps({ chats: [chat], clock, ...set });
  const { journal, workflows } = deps;
  const recorder = createRecorder(deps);
  workflows.define(SHARE, async (context, input) => {
    const { run, ended } = input as { run: string; ended: string };
    await shareTranscript(deps, recorder, context, run, ended);
  });
  const [first, ...rest] = facts.map((fact, index) => ({ key: `k${index}`, fact }));
  if (!first) throw new Error('a run begins with a fact');
  await recorder.open(RUN, 'pdf-renderer', first);
  await recorder.record(RUN, ...rest);
  /** What the publisher does. */
  const postParent = async () => {
    await journal.setPosted(RUN, chat.kind, 'parent', { ref: 'ref:parent', version: 'v' });
    await journal.setTold(RUN, chat.kind, facts.length);
  };
  ends.push(() => workflows.stop().then(() => journal.stop()));
  await workflows.launch();
  return { deps, recorder, journal, workflows, postParent };
}

/** Starts sharing and waits for its end; false when nothing was started. */
async function share(stage: Awaited<ReturnType<typeof stageOf>>, ended: string | null): Promise<boolean> {
  await startSharing(stage.deps, stage.recorder, RUN, ended);
  return stage.workflows.finished(`${SHARE}:${RUN}:${ended ?? 'diagnosed'}`).then(
    () => true,
    () => false,
  );
}

describe('sharing a transcript', () => {
  it('shares one file in the thread, however often it is asked', async () => {
    const chat = createNotedChat('slack');
    const stage = await stageOf(recovered, chat);
    await stage.postParent();
    expect(await Promise.all([share(stage, 'p1'), share(stage, 'p1'), share(stage, 'p1')])).toEqual([true, true, true]);
    expect(chat.files).toHaveLength(1);
    const [{ thread, file } = { thread: '', file: null }] = chat.files;
    expect(thread).toBe('ref:parent');
    expect(file?.name).toBe('incident-r-test.html');
    expect(file?.title).toContain(chainHead(await stage.journal.read(RUN), systemIds.sha256));
    expect(verifyTranscript(file?.text ?? '', '0.1.0', systemIds.sha256).kind).toBe('whole');
  });

  it('waits for the parent', async () => {
    const chat = createNotedChat('slack');
    const stage = await stageOf(recovered, chat);
    await startSharing(stage.deps, stage.recorder, RUN, 'p1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await stage.postParent();
    await stage.workflows.finished(`${SHARE}:${RUN}:p1`);
    expect(chat.files.length).toBeLessThanOrEqual(1);
    expect(chat.files.every(({ thread }) => thread === 'ref:parent')).toBe(true);
  });

  it('tries again when the chat does not answer, and not when it refuses', async () => {
    const away = createNotedChat('slack');
    const first = await stageOf(recovered, away);
    await first.postParent();
    away.failNext(new ChatError('unavailable', 'away'));
    await share(first, 'p1');
    expect(away.files).toHaveLength(1);

    const gone = createNotedChat('slack');
    const second = await stageOf(recovered, gone);
    await second.postParent();
    gone.failNext(new ChatError('gone', 'archived'));
    await share(second, 'p1');
    expect(gone.files).toHaveLength(0);
  });

  it('does not send a file a second time when it is not known whether the first one arrived', async () => {
    const chat = createNotedChat('slack');
    const { deps, recorder, journal, postParent } = await stageOf(recovered, chat);
    await postParent();
    await journal.setPosted(RUN, 'slack', 'transcript:p1', { ref: null, version: 'v' });
    const { signal } = systemClock.lifetime();
    const context = { id: 'x', resumed: true, signal, step: <T>(_: string, work: () => Promise<T>) => work() };
    await shareTranscript(deps, recorder, context, RUN, 'p1');
    expect(chat.files).toEqual([]);
  });

  it('tells the address where the chat takes no files, with the head of the chain', async () => {
    const chat = createNotedChat('teams', { takesFiles: false });
    const inTeams: RunFact = { ...opened, conversation: { chat: 'teams', id: 'x' } };
    const stage = await stageOf([inTeams, ...recovered.slice(1)], chat, { publicUrl: 'https://execfmt.corp.io' });
    await stage.postParent();
    await share(stage, 'p1');
    await share(stage, 'p1');
    expect(chat.cards).toHaveLength(1);
    const said = JSON.stringify(chat.cards[0]?.card);
    expect(said).toContain('https://execfmt.corp.io/runs/r-test/transcript.html');
    expect(said).toContain(chainHead(await stage.journal.read(RUN), systemIds.sha256));
  });

  it('posts nothing where there is neither a file nor an address', async () => {
    const chat = createNotedChat('slack', { takesFiles: false });
    const stage = await stageOf(recovered, chat);
    await stage.postParent();
    expect(await share(stage, 'p1')).toBe(false);
    expect(chat.cards).toEqual([]);
  });
});

describe('when a transcript is shared', () => {
  it.each([
    ['a plan waits', recovered.slice(0, 4), 'p1', false],
    ['an action is under way', recovered.slice(0, 7), 'p1', false],
    ['a plan expired', [...recovered.slice(0, 4), { type: 'action-expired', plan: 'p1' }], 'p1', true],
    ['an action ended', recovered, 'p1', true],
    ['a diagnosis ended and a way out is offered', [opened, reached], null, false],
    ['a diagnosis ended and nobody may approve', [opened, { ...reached, approvals: null }], null, true],
    ['a diagnosis ended and there is no way out', [opened, { ...reached, remedies: [] }], null, true],
    ['there is no verdict', [opened, { type: 'failed', message: 'no' }], null, false],
  ] as const)('%s', async (_, facts, ended, shared) => {
    const chat = createNotedChat('slack');
    const stage = await stageOf(facts, chat);
    await stage.postParent();
    expect(await share(stage, ended)).toBe(shared);
    expect(chat.files).toHaveLength(shared ? 1 : 0);
  });
});

describe('making a transcript', () => {
  const { signal } = systemClock.lifetime();

  it('has what people wrote, redacted', async () => {
    const text = `the password is in postgres://app:${'hunter'}2@db/x`;
    const chat = createNotedChat('slack', {
      messages: async () => known([{ by: approver, at: '2026-11-21T09:00:05.000Z', text }]),
    });
    const { deps, postParent } = await stageOf(recovered, chat);
    await postParent();
    for (const format of ['md', 'html', 'json'] as const) {
      const file = await makeTranscript(deps, RUN, format, signal);
      expect(file?.text).toContain('the password is in');
      expect(file?.text).not.toContain('hunter2');
      expect(verifyTranscript(file?.text ?? '', '0.1.0', systemIds.sha256).kind).toBe('whole');
    }
  });

  it.each([
    [
      'a scope is missing',
      async () => failed('denied', 'Slack', 'missing scope channels:history'),
      'not readable: missing scope channels:history',
    ],
    ['the chat is away', async () => Promise.reject(new ChatError('unavailable', 'away')), 'the chat did not answer'],
    ['the chat gives none', undefined, 'no way to read a thread'],
  ])('says why there are no messages when %s', async (_, messages, why) => {
    const chat = createNotedChat('slack', messages ? { messages } : {});
    const { deps, postParent } = await stageOf(recovered, chat);
    await postParent();
    const file = await makeTranscript(deps, RUN, 'json', signal);
    expect(file?.text).toContain(why);
  });

  it('is null when there is no such run', async () => {
    const { deps } = await stageOf(recovered, createNotedChat('slack'));
    expect(await makeTranscript(deps, 'r-nosuch', 'md', signal)).toBeNull();
  });
});
