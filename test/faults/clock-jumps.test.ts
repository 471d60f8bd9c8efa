import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runExecfmt, startServe } from '../e2e/run-execfmt.ts';
import { APPROVER, replyWith, textOf } from '../e2e/slack-stage.ts';
import { debianPackage } from '../lab/debian-package.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import { startEstate } from './start-estate.ts';

/** Debian's libfaketime: what a process takes for the time of day is changed from outside while it runs; what it measures is not. */
async function fakeTime(): Promise<string> {
  const folder = await debianPackage('libfaketime', 'bookworm', process.arch === 'arm64' ? 'arm64' : 'amd64');
  const found = readdirSync(folder, { recursive: true }).find((file) => String(file).endsWith('/libfaketime.so.1'));
  if (found === undefined) throw new Error('The package has no libfaketime.');
  return join(folder, String(found));
}

suite('a clock that jumps', ['debian-binaries'], () => {
  let folder: string;
  const ends: (() => Promise<unknown>)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-clock-'));
    jumpTo('+0');
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true });
  });

  const clockFile = () => join(folder, 'clock');
  /** How far the process's clock is from the machine's, from now on. */
  function jumpTo(offset: '+0' | '+2d' | '-2d'): void {
    writeFileSync(clockFile(), `${offset}\n`);
  }

  async function startAll() {
    const estate = await startEstate();
    ends.push(() => estate.stop());
    const slack = await startSlack();
    ends.push(() => slack.close());
    const store = join(folder, 'execfmt.db');
    const env = {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      LD_PRELOAD: await fakeTime(),
      FAKETIME_TIMESTAMP_FILE: clockFile(),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const configuration = estate.configuration(2, [`slack:${APPROVER}`]);
    const serving = await startServe({ configuration, env, store });
    ends.push(() => serving.remove());
    slack.deliverTo(`${serving.url}/slack/events`);
    return { slack, serving, store };
  }

  const parentNumber = (slack: SlackServer, number: number) =>
    waitFor('the parent message', 20_000, async () => slack.messages()[number] ?? null);

  it('two days ahead and back: plans expire, nothing is done twice, nothing lasts less than nothing', {
    timeout: 240_000,
  }, async () => {
    const { slack, serving, store } = await startAll();
    await slack.command('svc-0');
    const first = await parentNumber(slack, 0);
    await slack.press(await replyWith(slack, first, 'It will not run'), 'Roll back to v2');
    const plan = await replyWith(slack, first, 'Roll back svc-0 to v2?');

    jumpTo('+2d');
    await replyWith(slack, first, 'xpired');
    expect((await slack.command('svc-1')).status, 'what Slack signs now is two days old').toBe(401);
    expect(slack.messages()).toHaveLength(1);

    jumpTo('+0');
    const replayed = await slack.replay();
    expect(replayed.status).toBe(200);
    const second = await parentNumber(slack, 1);
    expect((await slack.replay()).status, 'the same signature once more').toBe(401);
    await slack.press(await replyWith(slack, second, 'It will not run'), 'Roll back to v2');
    const fresh = await replyWith(slack, second, 'Roll back svc-1 to v2?');
    expect(textOf(slack.thread(first.ts).find(({ ts }) => ts === plan.ts))).not.toContain('"Approve"');
    await slack.press(fresh, 'Approve', { user: APPROVER });
    await replyWith(slack, second, 'verifying');
    jumpTo('-2d');
    await replyWith(slack, second, 'Recovered');
    expect(slack.messages()).toHaveLength(2);
    expect(serving.output()).not.toMatch(/goes no further|taken over|interrupted/);
    jumpTo('+0');
    expect(await serving.stop()).toBe(0);

    const env = { DATABASE_URL: `sqlite:${store}` };
    for (const parent of [first, second]) {
      const run = /run (r-[a-z0-9]+)/.exec(textOf(parent))?.[1] ?? '';
      const { stdout, status } = await runExecfmt(['transcript', run], { env });
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/[^\w:.-]-\d+(\.\d+)? ?(ms|s|min|h|d)\b/);
      const json = await runExecfmt(['transcript', run, '--format', 'json'], { env });
      const { events } = JSON.parse(json.stdout) as {
        events: readonly { seq: number; fact?: { elapsedMs?: number } }[];
      };
      expect(events.length).toBeGreaterThan(10);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      for (const { fact } of events) expect(fact?.elapsedMs ?? 0).toBeGreaterThanOrEqual(0);
    }
  });
});
