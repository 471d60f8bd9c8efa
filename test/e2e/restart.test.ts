import { expect, it } from 'vitest';
import { suite } from '../lab/requirements.ts';
import type { SlackServer } from '../servers/slack/start-slack.ts';
import type { SlackMessage } from '../servers/slack/world.ts';
import { REAL_ENGINE, useRealEngine } from './real-engine.ts';
import type { Serving } from './run-execfmt.ts';
import { APPROVER, parentOf, replyWith, textOf, useSlackStage } from './slack-stage.ts';

suite('kill -9 in the middle', REAL_ENGINE, () => {
  const real = useRealEngine();
  const startStage = useSlackStage(real);
  const startAll = (stableFor: string) => startStage({ mode: 'socket', approvers: [`slack:${APPROVER}`], stableFor });

  async function killAndRestart(serving: Serving): Promise<void> {
    await serving.kill();
    await serving.restart();
  }

  const titlesOf = (slack: SlackServer, parent: SlackMessage) =>
    slack.thread(parent.ts).map((message) => /"text":"([^"]*)"/.exec(textOf(message))?.[1]);

  it('goes on with a diagnosis in the same thread, each step told once', { timeout: 120_000 }, async () => {
    const { slack, serving } = await startAll('2s');
    await slack.command('pdf-renderer');
    const parent = await parentOf(slack);
    await killAndRestart(serving);
    await replyWith(slack, parent, 'It will not run');
    expect(slack.messages()).toHaveLength(1);
    const titles = titlesOf(slack, parent);
    expect(titles).toHaveLength(9);
    expect(new Set(titles).size).toBe(9);
  });

  it.each([
    [
      'at once after the approval',
      async (slack: SlackServer, parent: SlackMessage) => void (await replyWith(slack, parent, 'Approved by')),
    ],
    [
      'once the new container is there',
      async (slack: SlackServer, parent: SlackMessage) =>
        void (await replyWith(slack, parent, 'starting the new container')),
    ],
    [
      'while it verifies',
      async (slack: SlackServer, parent: SlackMessage) => void (await replyWith(slack, parent, 'verifying')),
    ],
  ])('finishes an action exactly once: %s', { timeout: 180_000 }, async (_when, reached) => {
    const { incident, slack, serving } = await startAll('6s');
    await slack.command('pdf-renderer');
    const parent = await parentOf(slack);
    await slack.press(await replyWith(slack, parent, 'It will not run'), 'Roll back to v2');
    await slack.press(await replyWith(slack, parent, 'Roll back pdf-renderer to v2?'), 'Approve', { user: APPROVER });
    await reached(slack, parent);
    await killAndRestart(serving);
    await replyWith(slack, parent, 'Recovered');

    const { State, Config } = await real.docker.getContainer(incident.container).inspect();
    expect(State.Running).toBe(true);
    expect(Config.Image).toBe(`${incident.repository}@${incident.digests.v2}`);
    const left = await real.docker.listContainers({ all: true, filters: { name: [incident.container] } });
    expect(left.map(({ Names }) => Names)).toEqual([[`/${incident.container}`]]);
    const titles = titlesOf(slack, parent);
    expect(new Set(titles).size).toBe(titles.length);
    expect(textOf(slack.messages()[0])).toContain('Interrupted during');
  });
});
