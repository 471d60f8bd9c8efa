import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { createPublisher, type Publisher } from '../../src/app/publish-thread.ts';
import { createRecorder, type Recorder } from '../../src/app/recorder.ts';
import type { RunFact } from '../../src/run/events.ts';
import { createClock, createLog, type Stage, startStage } from '../chat/slack/start-chat.ts';
import { waitFor } from '../lab/waiting.ts';
import { opened } from '../run/sample-run.ts';
import { makeDeps } from './make-deps.ts';

let stage: Stage;
let recorder: Recorder;
let publisher: Publisher;
let deps: Deps;
/** Lets the first post through. */
let letPost = () => {};

beforeEach(async () => {
  stage = await startStage('http');
  const { clock } = createClock();
  const open = new Promise<void>((resolve) => {
    letPost = resolve;
  });
  const { chat } = stage;
  const slowToPost = { ...chat, post: (...args: Parameters<typeof chat.post>) => open.then(() => chat.post(...args)) };
  deps = makeDeps({ chats: [slowToPost], clock, log: createLog().log });
  recorder = createRecorder(deps);
  publisher = createPublisher(deps, recorder);
  recorder.watch((run) => publisher.changed(run));
});
afterEach(async () => {
  letPost();
  await publisher.stop();
  await deps.workflows.stop();
  await deps.journal.stop();
  await stage.close();
});

const updates = () => stage.server.calls.filter(({ method }) => method === 'chat.update').length;

describe('a burst of events', () => {
  it('is told by few updates of the parent, and the last state wins', async () => {
    const fact: RunFact = { ...opened, conversation: { chat: 'slack', id: stage.to.id } } as RunFact;
    const { run } = await recorder.open('r-burst2', 'pdf-renderer', { key: 'opened', fact });
    for (let at = 1; at <= 50; at += 1) {
      await recorder.record(run, { key: `i${at}`, fact: { type: 'interrupted', during: `try ${at}`, goesOn: true } });
    }
    await recorder.record(run, { key: 'failed', fact: { type: 'failed', message: 'The very last word.' } });
    letPost();
    await waitFor(
      'the thread to be told',
      10_000,
      async () => (await deps.journal.untold('slack')).length === 0 || null,
    );
    expect(stage.server.messages()).toHaveLength(1);
    expect(JSON.stringify(stage.server.messages()[0]?.blocks)).toContain('The very last word.');
    expect(updates()).toBeLessThanOrEqual(2);
  });
});
