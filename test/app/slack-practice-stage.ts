import { startPractice } from '../../adapters/practice/start-practice.ts';
import type { RunningApplication } from '../../src/app/application.ts';
import { compose } from '../../src/cli/compose.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import type { Config } from '../../src/config/config.ts';
import { waitFor } from '../lab/waiting.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import type { Ephemeral, SlackMessage } from '../servers/slack/world.ts';
import { quiet } from './quiet-log.ts';

/** The use cases between the practice incident and a local Slack, all in this process. */
export interface SlackPracticeStage {
  readonly slack: SlackServer;
  readonly application: RunningApplication;
  /** Waits for a private message that contains a text. */
  told(part: string): Promise<Ephemeral>;
  /** Waits for a reply in the only thread that contains a text. */
  replied(part: string): Promise<SlackMessage>;
  /** The id of the only run. */
  run(): Promise<string>;
  stop(): Promise<void>;
}

export interface SlackPracticeOptions {
  readonly configure?: (config: Config) => Config;
  /** For the age of what Slack hands out. */
  readonly now?: () => number;
}

export const blocksOf = (message: Pick<SlackMessage, 'blocks'> | undefined) => JSON.stringify(message?.blocks ?? []);

/** Starts it in Socket Mode; `slack:U0BEN` may approve. */
export async function startSlackPractice(options: SlackPracticeOptions = {}): Promise<SlackPracticeStage> {
  const practice = await startPractice({ drainSeconds: 5 });
  const slack = await startSlack(options.now ? { now: options.now } : {});
  const own = { ...defaultConfig(), hosts: [], verification: { stableForMs: 300, timeoutMs: 10_000 } };
  const config = withPractice(own, practice, 'slack:U0BEN');
  const approvals = config.approvals.map((policy) => ({ ...policy, approvers: ['slack:U0BEN'], allowSelf: false }));
  const { botToken, appToken, apiUrl } = slack;
  const composition = await compose((options.configure ?? ((same) => same))({ ...config, approvals }), {
    log: quiet,
    store: ':memory:',
    resetPractice: null,
    slack: { botToken, appToken, signingSecret: null, apiUrl },
    teams: null,
    followForMs: 0,
  });
  const { application } = composition;
  await application.start();
  await composition.slack?.start(application);
  return {
    slack,
    application,
    told: (part) =>
      waitFor(
        `a private ${part}`,
        20_000,
        async () => slack.ephemerals.find((one) => blocksOf(one).includes(part)) ?? null,
      ),
    replied: (part) =>
      waitFor(`a reply with ${part}`, 30_000, async () => {
        const parent = slack.messages()[0];
        return parent ? (slack.thread(parent.ts).find((message) => blocksOf(message).includes(part)) ?? null) : null;
      }),
    run: () => waitFor('a run', 10_000, async () => (await application.runs(1))[0]?.run ?? null),
    async stop() {
      await composition.stop();
      await slack.close();
      await practice.stop();
    },
  };
}
