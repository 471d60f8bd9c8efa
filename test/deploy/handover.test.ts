import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, it, type TestContext } from 'vitest';
import { parse, stringify } from 'yaml';
import { keepEngineDiary } from '../chaos/engine-diary.ts';
import { REAL_ENGINE, useRealEngine } from '../e2e/real-engine.ts';
import { freePort } from '../e2e/run-execfmt.ts';
import { APPROVER, parentOf, replyWith, textOf } from '../e2e/slack-stage.ts';
import { deployIncident, type Incident } from '../lab/incident.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import type { SlackMessage } from '../servers/slack/world.ts';
import { BUILD_MS, type ShippedImage, shippedImage } from './build-shipped-image.ts';
import { CHART } from './helm.ts';
import { type ServingContainer, startServingContainer } from './serving-container.ts';

/** What a rollback does to containers, as the engine tells it. */
const CHANGES = ['create', 'rename', 'destroy'];

/** What a pod has between SIGTERM and SIGKILL: the chart's patience without what its preStop hook takes. */
function patienceSeconds(): number {
  const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Record<string, number>;
  return (values.terminationGracePeriodSeconds ?? 0) - (values.drainSeconds ?? 0);
}

suite('docker stop in the middle of an approved rollback', REAL_ENGINE, () => {
  const real = useRealEngine();
  let image: ShippedImage;
  beforeAll(async () => {
    image = await shippedImage();
  }, BUILD_MS);

  interface Stage {
    readonly incident: Incident;
    readonly slack: SlackServer;
    readonly serving: ServingContainer;
    /** What a change does on the engine, in order: `create`, `start`, `rename` … of the incident's containers. */
    changes(): Promise<readonly string[]>;
  }

  async function startStage(onEnd: TestContext['onTestFinished']): Promise<Stage> {
    const incident = await deployIncident(real.engine, real.registry, { approvers: [`slack:${APPROVER}`] });
    onEnd(() => incident.stop());
    const slack = await startSlack();
    onEnd(() => slack.close());
    const folder = createScratchFolder('handover');
    onEnd(() => removeLabFolder(folder));
    const configuration = {
      ...parse(incident.configuration),
      hosts: { [incident.hostName]: { docker: 'unix:///var/run/docker.sock' } },
      chat: { slack: {}, web: { listen: `127.0.0.1:${await freePort()}` } },
      store: 'sqlite:/data/execfmt.db',
      verification: { stableFor: '4s', timeout: '60s' },
    };
    mkdirSync(join(folder, 'etc'), { mode: 0o755 });
    writeFileSync(join(folder, 'etc/execfmt.yaml'), stringify(configuration), { mode: 0o644 });
    const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl };
    const volume = `${incident.container}-execfmt`;
    const serving = await startServingContainer(image, { config: join(folder, 'etc'), volume, env });
    onEnd(() => serving.remove());
    // Kept from now on: asked for afterwards, the engine tells its last 256 events only.
    const diary = await keepEngineDiary(image.docker);
    onEnd(() => diary.close());
    const changes = () =>
      waitFor('the engine to tell that the old container was removed', 30_000, async () => {
        const told = diary.of(incident.container).filter(({ action }) => CHANGES.includes(action));
        return told.some(({ action }) => action === 'destroy') ? told.map(({ action }) => action) : null;
      });
    return { incident, slack, serving, changes };
  }

  // Each has an incident, a chat and a store of its own; mostly they wait.
  it.concurrent.for([
    ['at once after the approval', 'Approved by', 'restart'],
    ['once the new container is there', 'starting the new container', 'replace'],
    ['while it verifies', 'verifying', 'restart'],
  ] as const)(
    'hands it over to the next start: %s',
    { timeout: 240_000 },
    async ([_when, reached, again], { expect, onTestFinished }) => {
      const { incident, slack, serving, changes } = await startStage(onTestFinished);
      await slack.command('pdf-renderer');
      const parent = await parentOf(slack);
      await slack.press(await replyWith(slack, parent, 'It will not run'), 'Roll back to v2');
      await slack.press(await replyWith(slack, parent, 'Roll back pdf-renderer to v2?'), 'Approve', { user: APPROVER });
      await replyWith(slack, parent, reached);

      // 143 would be a program that did not listen, 137 one that was killed when its time was over.
      const ended = await serving.stop(patienceSeconds());
      const log = await serving.log();
      expect(ended, log).toMatchObject({ ExitCode: 0, OOMKilled: false });
      expect(log).toContain('stopping: what is under way goes on at the next start');
      expect(slack.thread(parent.ts).map(textOf).join()).not.toContain('Recovered');

      await serving[again]();
      await replyWith(slack, parent, 'Recovered');
      const { State, Config } = await image.docker.getContainer(incident.container).inspect();
      expect(State.Running).toBe(true);
      expect(Config.Image).toBe(`${incident.repository}@${incident.digests.v2}`);
      const left = await image.docker.listContainers({ all: true, filters: { name: [incident.container] } });
      expect(left.map(({ Names }) => Names)).toEqual([[`/${incident.container}`]]);
      expect(await changes()).toEqual(['create', 'rename', 'rename', 'destroy']);
      const titles = titlesOf(slack, parent);
      expect(new Set(titles).size).toBe(titles.length);
      expect(textOf(slack.messages()[0])).toContain('Interrupted during');
    },
  );
});

const titlesOf = (slack: SlackServer, parent: SlackMessage) =>
  slack.thread(parent.ts).map((message) => /"text":"([^"]*)"/.exec(textOf(message))?.[1]);
