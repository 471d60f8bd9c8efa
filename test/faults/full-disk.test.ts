import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runExecfmt, startServe } from '../e2e/run-execfmt.ts';
import { textOf } from '../e2e/slack-stage.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import { startEstate } from './start-estate.ts';

const SIZE = '3m';

suite('a full disk', ['mounts'], () => {
  let disk: string;
  const ends: (() => Promise<unknown>)[] = [];
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'execfmt-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'execfmt-test', disk]);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  const ballast = () => join(disk, 'ballast');
  /** Takes all the room there is, to the last byte. */
  function fill(): void {
    const file = openSync(ballast(), 'w');
    for (let size = 65_536; size >= 1; size = Math.floor(size / 16)) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
    }
    closeSync(file);
  }

  async function startAll() {
    const estate = await startEstate();
    ends.push(() => estate.stop());
    const slack = await startSlack();
    ends.push(() => slack.close());
    const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl };
    const store = join(disk, 'execfmt.db');
    const serving = await startServe({ configuration: estate.configuration(3), env, store });
    ends.push(() => serving.remove());
    return { estate, slack, serving, store };
  }

  /** The run of a service, once it is told to its end. */
  const told = (slack: SlackServer, service: string) =>
    waitFor(`the thread of ${service}`, 60_000, async () => {
      const parent = slack.messages().find((message) => textOf(message).includes(service));
      const replies = parent ? slack.thread(parent.ts).map(textOf) : [];
      return replies.some((text) => text.includes('It will not run')) ? { parent, replies } : null;
    });

  it('is said in the log and to who asks, loses nothing, and is survived', { timeout: 180_000 }, async () => {
    const { estate, slack, serving, store } = await startAll();
    await slack.command('svc-0');
    await told(slack, 'svc-0');

    estate.engine.hold();
    await slack.command('svc-1');
    await waitFor('the parent of svc-1', 20_000, async () => slack.messages()[1] ?? null);
    fill();
    await estate.engine.open();
    await waitFor('the log to say so', 60_000, async () => /disk is full/.test(serving.output()) || null);
    expect((await slack.command('svc-2')).acknowledged).toBe(true);
    const said = await waitFor('the one who asked to be told', 20_000, async () => slack.ephemerals.at(-1) ?? null);
    expect(JSON.stringify(said)).toMatch(/store does not answer|disk is full/);
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${serving.url}/runs`)).text()).toContain('svc-1');

    rmSync(ballast());
    const { replies } = await told(slack, 'svc-1');
    expect(replies.filter((text) => text.includes('It will not run'))).toHaveLength(1);
    expect(new Set(replies).size).toBe(replies.length);
    await slack.command('svc-2');
    await told(slack, 'svc-2');
    expect(slack.messages()).toHaveLength(3);
    expect(await serving.stop()).toBe(0);
    const { stderr } = await runExecfmt(['transcript', 'none'], { env: { DATABASE_URL: `sqlite:${store}` } });
    for (const service of ['svc-0', 'svc-1', 'svc-2']) expect(stderr).toContain(`(${service})`);
  });

  it('does not keep it from starting again, once there is room', { timeout: 180_000 }, async () => {
    const { slack, serving } = await startAll();
    await slack.command('svc-0');
    await told(slack, 'svc-0');
    fill();
    await serving.kill();
    await serving.restart().then(
      () => serving.kill(),
      (error: unknown) => {
        expect(String(error)).toMatch(/ended with 2:/);
        expect(String(error)).toMatch(/disk is full|reports an error/);
      },
    );
    rmSync(ballast());
    await serving.restart();
    await slack.command('svc-1');
    await told(slack, 'svc-1');
    expect(slack.messages()).toHaveLength(2);
  });
});
