import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { type Composition, compose } from '../../src/cli/compose.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import type { ApprovalPolicyConfig, Config } from '../../src/config/config.ts';
import type { Log } from '../../src/ports/log.ts';
import { waitFor } from '../lab/waiting.ts';
import { serveListener } from '../servers/serve-listener.ts';
import type { Driver, Message, Shown, Who } from './driver.ts';

/** What is special in the world of a use case. */
export interface World {
  /** Null: nobody is configured to approve. */
  readonly policy?: Partial<ApprovalPolicyConfig> | null;
  /** How long a new container has to be well. Milliseconds. */
  readonly stableForMs?: number;
  /** What the practice service is called. */
  readonly service?: string;
}

/** The practice incident, the whole program, and people in one chat. */
export interface Stage {
  readonly chat: Driver;
  readonly docker: Docker;
  /** `127.0.0.1:port`, where pdf-renderer's images are. */
  readonly registry: string;
  /** Waits for a message of the run's thread that says all this. */
  until(parts: string | readonly string[], run?: number): Promise<Message>;
  /** Waits until a person alone was told this. */
  untilTold(who: Who, part: string): Promise<string>;
  /** Waits until a person sees a button, and gives it. */
  untilShown(label: string, who?: Who): Promise<Shown>;
  /** Presses a button as soon as it is there. */
  press(label: string, by: Who): Promise<void>;
  /** How often something was written down, over all runs. */
  count(fact: string): Promise<number>;
  /** While they are held the numbers of the queue do not come: a run waits in its middle. */
  holdNumbers(): void;
  releaseNumbers(): void;
  /** Stops the program, and starts a new one on the same store. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 45_000;

function createLog() {
  const errors: string[] = [];
  const error: Log['error'] = (fields, message) => void errors.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug() {}, info() {}, warn() {}, error };
  return { log, errors };
}

/** The queue's numbers, through a gate. */
async function serveNumbers(from: string) {
  let gate: { readonly opened: Promise<void>; open(): void } | null = null;
  const served = await serveListener((_req, res) => {
    const answer = async () => {
      await gate?.opened;
      const numbers = await fetch(from);
      res.writeHead(numbers.status, { 'content-type': 'text/plain' }).end(await numbers.text());
    };
    answer().catch(() => res.destroy());
  });
  return {
    address: `http://127.0.0.1:${served.port}/metrics`,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = { opened: promise, open: resolve };
    },
    release() {
      gate?.open();
      gate = null;
    },
    close: served.close,
  };
}

function configure(practice: Practice, numbers: string, chat: Driver, world: World): Config {
  const verification = { stableForMs: world.stableForMs ?? 300, timeoutMs: 15_000 };
  const own = { ...defaultConfig(), hosts: [], verification };
  const config = withPractice(own, { ...practice, metrics: numbers }, 'web:nobody');
  const { policy = {}, service = practice.service } = world;
  const approvers = [chat.identity('ben'), chat.identity('grace')];
  return {
    ...config,
    approvals: config.approvals.map((each) => ({ ...each, approvers, allowSelf: false, ...policy })),
    services: config.services.map((each) => ({
      ...each,
      name: service,
      approvals: policy === null ? null : each.approvals,
    })),
  };
}

/** Starts everything in one chat. */
export async function startStage(startDriver: () => Promise<Driver>, world: World = {}): Promise<Stage> {
  const practice = await startPractice({ drainSeconds: 3 });
  const numbers = await serveNumbers(practice.metrics);
  const chat = await startDriver();
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-parity-'));
  const { log, errors } = createLog();
  const config = configure(practice, numbers.address, chat, world);

  const begin = async () => {
    const store = join(folder, 'execfmt.db');
    const options = { log, store, resetPractice: null, followForMs: 0 };
    const composition = await compose(config, { ...options, ...chat.secrets });
    await composition.application.start();
    return { composition, disconnect: await chat.connect(composition) };
  };
  let running: { composition: Composition; disconnect(): Promise<void> } = await begin();
  const end = async () => {
    await running.disconnect();
    await running.composition.stop();
  };

  const evidence = async () => JSON.stringify({ errors, thread: await chat.thread(), anna: await chat.told('anna') });
  const waitOr = async <T>(what: string, ask: () => Promise<T | null | undefined>): Promise<T> => {
    try {
      return await waitFor(what, PATIENCE_MS, ask);
    } catch (error) {
      throw new Error(`${(error as Error).message}${await evidence()}`, { cause: error });
    }
  };
  const stage: Stage = {
    chat,
    docker: new Docker({ host: '127.0.0.1', port: Number(practice.engine.split(':').at(-1)), protocol: 'http' }),
    registry: practice.registry,
    until: (parts, run) =>
      waitOr(`a message with ${String(parts)}`, async () => {
        const wanted = typeof parts === 'string' ? [parts] : parts;
        const messages = await chat.thread(run);
        return messages.find(({ text }) => wanted.every((part) => text.includes(part)));
      }),
    untilTold: (who, part) =>
      waitOr(`${who} to be told ${part}`, async () => (await chat.told(who)).find((text) => text.includes(part))),
    untilShown: (label, who = 'anna') => waitOr(`a button ${label}`, () => chat.button(label, who).catch(() => null)),
    press: async (label, by) => (await stage.untilShown(label, by)).press(by),
    async count(fact) {
      const { application } = running.composition;
      const events = await Promise.all((await application.runs(100)).map(({ run }) => application.events(run)));
      return events.flat().filter((event) => event.fact.type === fact).length;
    },
    holdNumbers: numbers.hold,
    releaseNumbers: numbers.release,
    async restart() {
      await end();
      running = await begin();
    },
    async stop() {
      numbers.release();
      await end();
      await chat.close();
      await numbers.close();
      await practice.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}
