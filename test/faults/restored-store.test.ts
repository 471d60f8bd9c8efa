import { cpSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REAL_ENGINE, useRealEngine } from '../e2e/real-engine.ts';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { APPROVER, parentOf, replyWith, textOf, useSlackStage } from '../e2e/slack-stage.ts';
import { suite } from '../lab/requirements.ts';

suite('a store that was restored from a copy', REAL_ENGINE, () => {
  const real = useRealEngine();
  const startStage = useSlackStage(real);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-restored-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has its runs, and the action that was under way is taken up', { timeout: 180_000 }, async () => {
    const store = join(folder, 'execfmt.db');
    const copy = join(folder, 'copy.db');
    const approvers = [`slack:${APPROVER}`];
    const { incident, slack, serving } = await startStage({ mode: 'socket', approvers, stableFor: '6s', store });
    await slack.command('pdf-renderer');
    const parent = await parentOf(slack);
    await slack.press(await replyWith(slack, parent, 'It will not run'), 'Roll back to v2');
    await slack.press(await replyWith(slack, parent, 'Roll back pdf-renderer to v2?'), 'Approve', { user: APPROVER });
    await replyWith(slack, parent, 'starting the new container');
    const env = { DATABASE_URL: `sqlite:${store}` };
    expect((await runExecfmt(['backup', copy], { env })).status).toBe(0);
    await serving.kill();

    for (const end of ['', '-wal']) truncateSync(`${store}${end}`, 8192);
    await expect(serving.restart()).rejects.toThrow(/is damaged, and execfmt does not mend it.*`execfmt backup`/s);
    for (const end of ['', '-wal', '-shm']) rmSync(`${store}${end}`, { force: true });
    cpSync(copy, store);
    await serving.restart();
    await replyWith(slack, parent, 'Recovered');

    const { State, Config } = await real.docker.getContainer(incident.container).inspect();
    expect(State.Running).toBe(true);
    expect(Config.Image).toBe(`${incident.repository}@${incident.digests.v2}`);
    const left = await real.docker.listContainers({ all: true, filters: { name: [incident.container] } });
    expect(left.map(({ Names }) => Names)).toEqual([[`/${incident.container}`]]);
    expect(slack.messages()).toHaveLength(1);
    const run = /run (r-[a-z0-9]+)/.exec(textOf(slack.messages()[0]))?.[1] ?? '';
    const { status, stdout } = await runExecfmt(['transcript', run, '--format', 'json'], { env });
    expect(status).toBe(0);
    expect(stdout).toContain('"outcome":"succeeded"');
  });
});
