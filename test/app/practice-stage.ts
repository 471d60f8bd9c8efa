import { randomUUID } from 'node:crypto';
import Docker from 'dockerode';
import { startPractice } from '../../adapters/practice/start-practice.ts';
import type { RunningApplication } from '../../src/app/application.ts';
import { compose } from '../../src/cli/compose.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import type { ApprovalPolicyConfig, Config } from '../../src/config/config.ts';
import type { Press } from '../../src/view/card.ts';
import { threadOf } from '../../src/view/thread.ts';
import { quiet } from './quiet-log.ts';

/** The use cases over real adapters and the practice engine, all in this process. */
export interface Stage {
  readonly application: RunningApplication;
  readonly docker: Docker;
  ask(person: string, text: string, delivery?: string): ReturnType<RunningApplication['handle']>;
  /** Presses the first button of that kind in the run's thread, as it stands. */
  press(
    person: string,
    run: string,
    action: Press['action'],
    delivery?: string,
  ): ReturnType<RunningApplication['handle']>;
  /** Asks for pdf-renderer and waits for the verdict; gives the run. */
  diagnose(person: string): Promise<string>;
  /** Waits until the run's newest action has ended; gives it. */
  ended(run: string): Promise<NonNullable<Awaited<ReturnType<RunningApplication['state']>>>['actions'][number]>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly policy?: Partial<ApprovalPolicyConfig>;
  readonly verification?: Config['verification'];
  /** Changes the rest of the configuration. */
  readonly configure?: (config: Config) => Config;
}

/** Starts it; nobody but `web:ada` and `web:grace` may approve, and not what they asked for themselves. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const practice = await startPractice({ drainSeconds: 5 });
  const own = {
    ...defaultConfig(),
    hosts: [],
    verification: options.verification ?? { stableForMs: 300, timeoutMs: 10_000 },
  };
  const config = withPractice(own, practice, 'web:ada');
  const approvals = config.approvals.map((policy) => ({
    ...policy,
    approvers: ['web:ada', 'web:grace'],
    allowSelf: false,
    ...options.policy,
  }));
  const composition = await compose((options.configure ?? ((same) => same))({ ...config, approvals }), {
    log: quiet,
    store: ':memory:',
    resetPractice: () => practice.reset(),
    slack: null,
    teams: null,
    followForMs: 0,
  });
  const { application } = composition;
  const port = Number(practice.engine.split(':').at(-1));
  const conversation = { chat: 'web', id: 'page' } as const;
  const handle = (person: string, delivery: string, what: Parameters<RunningApplication['handle']>[0]['what']) =>
    application.handle({ by: { id: `web:${person}`, name: person }, conversation, delivery, what });
  const ask: Stage['ask'] = (person, text, delivery = randomUUID()) =>
    handle(person, delivery, { kind: 'command', text });
  await application.start();
  return {
    application,
    docker: new Docker({ host: '127.0.0.1', port, protocol: 'http' }),
    ask,
    async press(person, run, action, delivery = randomUUID()) {
      const state = await application.state(run);
      const buttons = state ? threadOf(state).replies.flatMap(({ card }) => card.buttons) : [];
      const button = buttons.find(({ press }) => press.action === action);
      if (!button) throw new Error(`there is no button to ${action}`);
      return handle(person, delivery, { kind: 'press', press: button.press });
    },
    async diagnose(person) {
      const reply = await ask(person, 'pdf-renderer');
      if (reply.kind !== 'run') throw new Error(`no run: ${JSON.stringify(reply)}`);
      await application.diagnosed(reply.run);
      return reply.run;
    },
    async ended(run) {
      const plan = (await application.state(run))?.actions.at(-1)?.plan.id ?? 'none';
      await application.carriedOut(plan);
      const action = (await application.state(run))?.actions.at(-1);
      if (!action) throw new Error('there is no action');
      return action;
    },
    async stop() {
      await composition.stop();
      await practice.stop();
    },
  };
}
