import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../lab/incident.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { keptSettings, REAL_ENGINE, useRealEngine } from './real-engine.ts';
import { runExecfmt, type Serving } from './run-execfmt.ts';
import { APPROVER, parentOf, RESPONDER, replyWith, textOf, useSlackStage } from './slack-stage.ts';

suite('the incident in Slack, on a real engine', REAL_ENGINE, () => {
  const real = useRealEngine();
  const startAll = useSlackStage(real);
  const inspect = (incident: Incident): Promise<Docker.ContainerInspectInfo> =>
    real.docker.getContainer(incident.container).inspect();

  describe.each(['socket', 'http'] as const)('by %s', (mode) => {
    it('goes from the command to the recovered service', { timeout: 120_000 }, async () => {
      const { incident, slack, serving } = await startAll({ mode, approvers: [`slack:${APPROVER}`] });
      const before = keptSettings(await inspect(incident));

      const delivery = await slack.command('pdf-renderer', { user: RESPONDER });
      expect(delivery.acknowledged).toBe(true);
      const parent = await parentOf(slack);
      const verdict = await replyWith(slack, parent, 'It will not run');
      const titles = slack
        .thread(parent.ts)
        .map((message) => /"text":"[^"]*?(?<!\w)(\d)\. /.exec(textOf(message))?.[1]);
      expect(titles.filter((title) => title !== undefined)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
      for (const part of ['/app/render', 'wrong-platform-image', incident.digests.v2])
        expect(textOf(verdict)).toContain(part);

      await slack.press(verdict, 'Roll back to v2', { user: RESPONDER });
      const plan = await replyWith(slack, parent, 'Roll back pdf-renderer to v2?');
      for (const digest of Object.values(incident.digests)) expect(textOf(plan)).toContain(digest);

      await slack.press(plan, 'Approve', { user: RESPONDER });
      const refusal = await waitFor('the private refusal', 10_000, async () => slack.ephemerals.at(-1) ?? null);
      expect(refusal.user).toBe(RESPONDER);
      expect(JSON.stringify(refusal.blocks)).toContain(`slack:${APPROVER}`);

      await Promise.all([
        slack.press(plan, 'Approve', { user: APPROVER }),
        slack.press(plan, 'Approve', { user: APPROVER }),
      ]);
      const outcome = await replyWith(slack, parent, 'Recovered');
      expect(textOf(outcome)).toContain('1,847 →');
      await waitFor(
        'the parent to say so',
        10_000,
        async () => textOf(slack.messages()[0]).includes('recovered') || null,
      );

      const after = await inspect(incident);
      expect(after.State.Running).toBe(true);
      expect(after.Config.Image).toBe(`${incident.repository}@${incident.digests.v2}`);
      expect(keptSettings(after)).toEqual(before);
      const left = await real.docker.listContainers({ all: true, filters: { name: [incident.container] } });
      expect(left.map(({ Names }) => Names)).toEqual([[`/${incident.container}`]]);

      const everything =
        JSON.stringify([slack.messages(), slack.thread(parent.ts), slack.ephemerals]) + serving.output();
      expect(everything).not.toContain(incident.secret);
      await expectTranscript(serving, incident, textOf(slack.messages()[0]));
      expect(await serving.stop()).toBe(0);
    });
  });

  it('tells an unknown name to the one who asked alone, with the nearest', async () => {
    const { slack } = await startAll({ mode: 'socket' });
    await slack.command('pdf-rendrer', { user: RESPONDER });
    const answer = await waitFor('the private answer', 10_000, async () => slack.ephemerals.at(-1) ?? null);
    expect(JSON.stringify(answer.blocks)).toContain('Did you mean');
    expect(slack.messages()).toEqual([]);
  });

  it('offers nothing where nobody is named as an approver', { timeout: 60_000 }, async () => {
    const { slack } = await startAll({ mode: 'socket' });
    await slack.command('pdf-renderer');
    const verdict = await replyWith(slack, await parentOf(slack), 'It will not run');
    expect(textOf(verdict)).toContain('Diagnosis only');
    expect(textOf(verdict)).not.toContain('Roll back to');
  });

  async function expectTranscript(serving: Serving, incident: Incident, parent: string): Promise<void> {
    const run = /run (r-[2-9a-z]{6})/.exec(parent)?.[1] ?? 'no run in the parent';
    const { status, stdout } = await runExecfmt(['transcript', run, '--config', `${serving.folder}/execfmt.yaml`]);
    expect(status).toBe(0);
    for (const part of [
      incident.digests.v2,
      incident.digests.v3,
      `slack:${APPROVER}`,
      `slack:${RESPONDER}`,
      'was refused',
      'succeeded',
    ])
      expect(stdout).toContain(part);
    expect(stdout).not.toContain(incident.secret);
  }
});
