import { randomUUID } from 'node:crypto';
import { compose } from '../../../src/cli/compose.ts';
import { defaultConfig } from '../../../src/cli/load-config.ts';
import type { ActionState, RunState } from '../../../src/run/run-state.ts';
import type { Card, Press } from '../../../src/view/card.ts';
import { threadOf } from '../../../src/view/thread.ts';
import { type ClusterBench, silent } from './cluster-bench.ts';

/** The use cases over the bench's cluster, as `execfmt serve` puts them together, for one service with an approver. */
export interface ClusterStage {
  /** Asks for the service and waits for the verdict; gives the run. */
  diagnose(): Promise<string>;
  /** Asks for a name that has several meanings and presses one of the buttons that come back; gives the verdict. */
  choose(name: string, button: number): Promise<NonNullable<RunState['verdict']>>;
  /** Presses the first button of that kind, and of that label where one is given. Gives what the person is told privately. */
  press(person: string, run: string, action: Press['action'], label?: string): Promise<Card | null>;
  /** The cards that stand in the run's thread. */
  thread(run: string): Promise<readonly Card[]>;
  /** The run's only action, when it has ended. */
  ended(run: string): Promise<ActionState>;
  stop(): Promise<void>;
}

const SERVICE = 'pdf-renderer';

/** `workload` is `deployment/x`; `ada` may approve. */
export async function startClusterStage(
  bench: ClusterBench,
  namespace: string,
  workload: string,
): Promise<ClusterStage> {
  const { cluster, plane, registry } = bench;
  const kubeconfig = plane.kubeconfig('admin');
  const composition = await compose(
    {
      ...defaultConfig(),
      hosts: [],
      clusters: [{ name: cluster, kubeconfig, context: null, namespaces: null }],
      registries: [{ host: registry, credentials: null, ca: null, plainHttp: true, mirrors: [], mirrorOf: null }],
      services: [
        {
          name: SERVICE,
          image: null,
          platforms: [],
          targets: [{ kind: 'kubernetes', cluster, namespace, workload }],
          rebuild: null,
          impact: [],
          approvals: 'production',
        },
      ],
      approvals: [{ name: 'production', approvers: ['web:ada'], required: 1, allowSelf: false, expiresInMs: 600_000 }],
      verification: { stableForMs: 2_000, timeoutMs: 60_000 },
    },
    { log: silent, store: ':memory:', resetPractice: null, slack: null, teams: null, followForMs: 0 },
  );
  const { application } = composition;
  await application.start();
  const handle = (person: string, what: Parameters<typeof application.handle>[0]['what']) =>
    application.handle({
      by: { id: `web:${person}`, name: person },
      conversation: { chat: 'web', id: 'page' },
      delivery: randomUUID(),
      what,
    });
  const stateOf = async (run: string) => {
    const state = await application.state(run);
    if (!state) throw new Error(`there is no run ${run}`);
    return state;
  };
  return {
    async diagnose() {
      const reply = await handle('eve', { kind: 'command', text: SERVICE });
      if (reply.kind !== 'run') throw new Error(`no run: ${JSON.stringify(reply)}`);
      await application.diagnosed(reply.run);
      return reply.run;
    },
    async choose(name, at) {
      const asked = await handle('eve', { kind: 'command', text: name });
      const button = asked.kind === 'private' ? asked.card.buttons[at] : undefined;
      if (!button) throw new Error(`nothing was asked: ${JSON.stringify(asked)}`);
      const reply = await handle('eve', { kind: 'press', press: button.press });
      if (reply.kind !== 'run') throw new Error(`no run: ${JSON.stringify(reply)}`);
      await application.diagnosed(reply.run);
      const { verdict } = await stateOf(reply.run);
      if (!verdict) throw new Error(`run ${reply.run} has no verdict`);
      return verdict;
    },
    thread: async (run) => threadOf(await stateOf(run)).replies.map(({ card }) => card),
    async press(person, run, action, label) {
      const buttons = threadOf(await stateOf(run)).replies.flatMap(({ card }) => card.buttons);
      const button = buttons.find((one) => one.press.action === action && (label === undefined || one.label === label));
      const labels = buttons.map((one) => one.label).join(', ');
      if (!button) throw new Error(`there is no button to ${label ?? action} among: ${labels}`);
      const reply = await handle(person, { kind: 'press', press: button.press });
      return reply.kind === 'private' ? reply.card : null;
    },
    async ended(run) {
      const plan = (await stateOf(run)).actions.at(-1)?.plan.id ?? 'none';
      await application.carriedOut(plan);
      const action = (await stateOf(run)).actions.at(-1);
      if (!action) throw new Error('there is no action');
      return action;
    },
    stop: () => composition.stop(),
  };
}
