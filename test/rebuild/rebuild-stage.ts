import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { RunningApplication } from '../../src/app/application.ts';
import { type Composition, compose } from '../../src/cli/compose.ts';
import { readConfig } from '../../src/cli/load-config.ts';
import type { Button } from '../../src/view/card.ts';
import { threadOf } from '../../src/view/thread.ts';
import { quiet } from '../app/quiet-log.ts';
import type { RealEngine } from '../e2e/real-engine.ts';
import type { Architecture } from '../lab/debian-binary.ts';
import { deployIncident, type Incident } from '../lab/incident.ts';
import { buildRendererImage } from '../lab/incident-image.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { pushImages } from '../lab/push-image.ts';
import { waitFor } from '../lab/waiting.ts';
import { PROJECT } from '../pipeline/sample-builds.ts';
import type { CiBench, RunnerSet } from './ci-bench.ts';

/** The incident on a real engine and registry, a CI server, and the use cases between them. */
export interface RebuildStage {
  readonly incident: Incident;
  readonly ci: CiBench;
  application(): RunningApplication;
  /** Asks for the service and waits for the verdict; gives the run. */
  diagnose(): Promise<string>;
  /** Presses the newest button with that label; null: there is none. Gives what was told privately. */
  press(run: string, label: string, person?: string): Promise<string | null>;
  /** The whole thread as JSON. */
  thread(run: string): Promise<string>;
  /** Waits until the newest action has ended; gives it. */
  ended(run: string): Promise<NonNullable<Awaited<ReturnType<RunningApplication['state']>>>['actions'][number]>;
  /** Does what the pipeline's script does on a runner: builds for it, pushes over v3, prints, ends. Gives the digest. */
  build(architecture: Architecture, version: string): Promise<string>;
  /** Ends the process and begins another on the same store. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface RebuildStageOptions {
  readonly open: (runner: RunnerSet | null, tokenFile: string) => Promise<CiBench>;
  readonly runner: RunnerSet | null;
  readonly readOnlyToken?: boolean;
  readonly waitForRunnerMs?: number;
}

export async function startRebuildStage(real: RealEngine, options: RebuildStageOptions): Promise<RebuildStage> {
  const folder = createScratchFolder('rebuild');
  const tokenFile = join(folder, 'token');
  const incident = await deployIncident(real.engine, real.registry, { approvers: ['web:ada'] });
  const ci = await options.open(options.runner, tokenFile);
  writeFileSync(tokenFile, options.readOnlyToken ? ci.readOnlyToken : ci.token);
  const file = join(folder, 'execfmt.yaml');
  writeFileSync(file, withRebuild(incident, ci));
  const config = await readConfig(file);
  const begin = async (): Promise<Composition> => {
    const composition = await compose(
      { ...config, verification: { stableForMs: 500, timeoutMs: 30_000 } },
      {
        log: quiet,
        store: join(folder, 'execfmt.db'),
        resetPractice: null,
        slack: null,
        teams: null,
        followForMs: 0,
        builds: { lookEveryMs: 50, waitForRunnerMs: options.waitForRunnerMs ?? 60_000, timeoutMs: 120_000 },
      },
    );
    await composition.application.start();
    return composition;
  };
  let composition = await begin();
  const application = () => composition.application;
  const handle = (person: string, what: Parameters<RunningApplication['handle']>[0]['what']) =>
    application().handle({
      by: { id: `web:${person}`, name: person },
      conversation: { chat: 'web', id: 'page' },
      delivery: randomUUID(),
      what,
    });

  return {
    incident,
    ci,
    application,
    async diagnose() {
      const reply = await handle('eve', { kind: 'command', text: incident.service });
      if (reply.kind !== 'run') throw new Error(`no run: ${JSON.stringify(reply)}`);
      await application().diagnosed(reply.run);
      return reply.run;
    },
    async press(run, label, person = 'ada') {
      const button = await newest(application(), run, label);
      if (!button) return null;
      const reply = await handle(person, { kind: 'press', press: button.press });
      return reply.kind === 'private' ? JSON.stringify(reply.card) : '';
    },
    thread: async (run) => JSON.stringify(await application().thread(run)),
    async ended(run) {
      const plan = (await application().state(run))?.actions.at(-1)?.plan.id ?? 'none';
      await application().carriedOut(plan);
      const action = (await application().state(run))?.actions.find((one) => one.plan.id === plan);
      if (!action) throw new Error('there is no action');
      return action;
    },
    async build(architecture, version) {
      await waitFor('the build to be started', 30_000, async () => (ci.started() > 0 ? true : null));
      const image = await buildRendererImage(architecture, version);
      ci.print([
        `$ docker push ${incident.repository}:v3`,
        `The push refers to repository [${incident.repository}]`,
        `v3: digest: ${image.digest} size: 1784`,
      ]);
      await waitFor('the runner to take it', 30_000, async () => {
        if (ci.status() === 'running' || ci.status() === 'in_progress') return true;
        ci.step();
        return null;
      });
      await pushImages(incident.repository, { v3: image });
      ci.step();
      return image.digest;
    },
    async restart() {
      await composition.stop();
      composition = await begin();
    },
    async stop() {
      await composition.stop();
      await ci.close();
      await incident.stop();
      removeLabFolder(folder);
    },
  };
}

async function newest(application: RunningApplication, run: string, label: string): Promise<Button | null> {
  const state = await application.state(run);
  const buttons = state ? threadOf(state).replies.flatMap(({ card }) => card.buttons) : [];
  return buttons.findLast((button) => button.label === label) ?? null;
}

function withRebuild(incident: Incident, ci: CiBench): string {
  const config = parse(incident.configuration) as Record<string, Record<string, object>>;
  const service = config.services?.[incident.service] ?? {};
  const rebuild = { ci: 'corp-ci', project: PROJECT, ref: 'main', job: 'build', runner: 'wanted' };
  return stringify({ ...config, ci: ci.ci, services: { [incident.service]: { ...service, rebuild } } });
}
