import { afterEach, describe, expect, it } from 'vitest';
import { createSlack } from '../../adapters/chat/slack/create-slack.ts';
import { renderCard as renderSlack } from '../../adapters/chat/slack/render-card.ts';
import { createTeams } from '../../adapters/chat/teams/create-teams.ts';
import { renderCard as renderTeams } from '../../adapters/chat/teams/render-card.ts';
import { createPublisher } from '../../src/app/publish-thread.ts';
import { createRecorder, type Recorder } from '../../src/app/recorder.ts';
import { STEP_IDS } from '../../src/playbook/finding.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Conversation } from '../../src/run/conversation.ts';
import type { RunFact } from '../../src/run/events.ts';
import { createRedact } from '../../src/view/create-redact.ts';
import { threadOf } from '../../src/view/thread.ts';
import { createApplication, createLog } from '../chat/slack/start-chat.ts';
import { beginThread } from '../chat/teams/start-chat.ts';
import { waitFor } from '../lab/waiting.ts';
import { approvals, approver, opened, plan, reached, responder, step } from '../run/sample-run.ts';
import { startSlack } from '../servers/slack/start-slack.ts';
import { startTeams } from '../servers/teams/start-teams.ts';
import { createFastClock } from './fast-clock.ts';
import { makeDeps } from './make-deps.ts';

/** How much faster than the platforms' minutes the clock of these tests runs, for them and for us alike. */
const SPEED = 20;
const PHASES = 6;
/** The share of calls that may come too soon: a millisecond that this machine loses on the way counts as twenty. */
const FEW = 0.1;

/** What happens in one incident from the command to the recovery, and how long before (milliseconds). */
function story(name: string): [before: number, fact: RunFact][] {
  const own = { ...plan, id: `p-${name}`, run: name };
  const of = { plan: own.id };
  const phases = Array.from({ length: PHASES }, (_, n): [number, RunFact] => [
    400,
    { type: 'action-phase', ...of, phase: `phase ${n}`, title: `${name} does ${n}`, state: 'done', detail: '' },
  ]);
  return [
    [200, { type: 'located', places: [own.where], practice: false }],
    ...STEP_IDS.map((id): [number, RunFact] => [300, { type: 'step-finished', step: step(id, `${name} saw ${id}`) }]),
    [300, reached],
    [2_000, { type: 'action-proposed', plan: own, approvals }],
    [2_000, { type: 'action-approved', ...of, by: approver, given: 1, required: 1 }],
    [100, { type: 'action-started', ...of }],
    ...phases,
    [
      500,
      {
        type: 'action-finished',
        ...of,
        outcome: 'succeeded',
        detail: `${name} is back.`,
        impact: [],
        sinceOpenedMs: 9_000,
      },
    ],
  ];
}

async function playRun(recorder: Recorder, clock: Clock, run: string, conversation: Conversation): Promise<void> {
  const first: RunFact = { ...opened, target: run, by: responder, conversation } as RunFact;
  await recorder.open(run, run, { key: 'opened', fact: first });
  for (const [index, [before, fact]] of story(run).entries()) {
    await clock.sleep(before);
    await recorder.record(run, { key: `fact ${index}`, fact });
  }
}

/** Plays all runs at once and waits until their chat knows everything. */
async function playAll(chat: Chat, clock: Clock, conversations: readonly Conversation[]) {
  const deps = makeDeps({ chats: [chat], clock, log: createLog().log, redact: createRedact([]) });
  const { journal } = deps;
  const recorder = createRecorder(deps);
  const publisher = createPublisher(deps, recorder);
  recorder.watch((run) => publisher.changed(run));
  const names = conversations.map((_, index) => `service-${index}`);
  await Promise.all(conversations.map((to, index) => playRun(recorder, clock, names[index] ?? '', to)));
  await waitFor(
    'the chat to know everything',
    100_000,
    async () => (await journal.untold(chat.kind)).length === 0 || null,
  );
  await publisher.stop();
  const states = await Promise.all(names.map((name) => recorder.state(name)));
  await deps.workflows.stop();
  await journal.stop();
  return states.flatMap((state) =>
    state ? [{ view: threadOf(state), conversation: state.conversation, events: state.seq }] : [],
  );
}

const claim = async () => true;
/** Each as often as it is there. */
const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).sort();

const LOADS = [
  { name: '50 runs in 50 channels', runs: 50, channels: 50 },
  { name: '10 runs in one channel', runs: 10, channels: 1 },
];

describe.each(LOADS)('$name at once', ({ runs, channels }) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('are told in Slack once each, newest state, within its limits', { timeout: 120_000 }, async () => {
    const clock = createFastClock(SPEED);
    const server = await startSlack({ ratesBy: clock.monotonic });
    ends.push(() => server.close());
    const { botToken, appToken, apiUrl, team } = server;
    const ids = Array.from({ length: channels }, (_, index) => `C0LOAD${index}`);
    for (const id of ids) server.addChannel(id);
    const chat = createSlack({
      botToken,
      appToken,
      signingSecret: null,
      apiUrl,
      channels: null,
      log: createLog().log,
      clock,
      claim,
    });
    await chat.start(createApplication().application);
    ends.push(() => chat.stop());

    const to = Array.from(
      { length: runs },
      (_, n): Conversation => ({ chat: 'slack', id: `${team}/${ids[n % channels]}` }),
    );
    const told = await playAll(chat, clock, to);

    expect(told.length).toBe(runs);
    for (const id of ids) {
      const here = told.filter(({ conversation }) => conversation.id.endsWith(`/${id}`));
      const bare = (blocks: unknown) => (blocks as Record<string, unknown>[]).map(({ block_id: _, ...block }) => block);
      const parents = server.messages(id);
      expect(sorted(parents.map(({ blocks }) => bare(blocks)))).toEqual(
        sorted(here.map(({ view }) => renderSlack(view.parent).blocks)),
      );
      for (const parent of parents) {
        const own = here.find(({ view }) => JSON.stringify(parent.blocks).includes(`run ${view.run}"`));
        expect(server.thread(parent.ts, id).map(({ blocks }) => bare(blocks))).toEqual(
          own?.view.replies.map(({ card }) => renderSlack(card).blocks),
        );
      }
    }
    expect(server.rates?.disobeyed).toBe(0);
    const { calls } = server;
    expect(server.rates?.refused).toBeLessThanOrEqual(calls.length * FEW);
    const parentUpdates = calls.filter(
      ({ method, args }) =>
        method === 'chat.update' && ids.some((id) => server.messages(id).some(({ ts }) => ts === args.ts)),
    );
    const events = told.reduce((sum, each) => sum + each.events, 0);
    expect(parentUpdates.length).toBeLessThan(events / 3);
  });

  it('are told in Teams once each, newest state, within its limits', { timeout: 120_000 }, async () => {
    const clock = createFastClock(SPEED);
    const server = await startTeams({ now: clock.monotonic });
    ends.push(() => server.close());
    const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } = server;
    const secrets = { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl };
    const chat = createTeams({ ...secrets, log: createLog().log, clock, publicUrl: null, claim });
    await chat.start(createApplication().application);
    ends.push(() => chat.stop());

    const threads = Array.from({ length: channels }, () => beginThread(server));
    const told = await playAll(
      chat,
      clock,
      Array.from({ length: runs }, (_, n) => threads[n % channels] ?? beginThread(server)),
    );

    expect(told.length).toBe(runs);
    const shown = server.world.room(server.channel, 'channel').messages.filter(({ from }) => from === server.bot);
    expect(sorted(shown.map(({ card }) => card?.body))).toEqual(
      sorted(
        told
          .flatMap(({ view }) => [view.parent, ...view.replies.map(({ card }) => card)])
          .map((card) => renderTeams(card).body),
      ),
    );
    const refused = server.calls.filter(({ status }) => status === 429).length;
    expect(refused).toBeLessThanOrEqual(server.calls.length * FEW);
    expect(server.rates.disobeyed).toBe(0);
  });
});
