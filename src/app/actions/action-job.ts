import type { ActionPlan } from '../../approval/plan.ts';
import type { Answer } from '../../playbook/answer.ts';
import type { WorkflowContext } from '../../ports/workflows.ts';
import type { RunFact } from '../../run/events.ts';
import type { RunState } from '../../run/run-state.ts';
import { redactDeep } from '../../view/redact-deep.ts';
import type { Deps, Service } from '../deps.ts';
import { readImpact, readingsOf } from '../read-impact.ts';
import type { Recorder } from '../recorder.ts';

type Outcome = Extract<RunFact, { type: 'action-finished' }>['outcome'];

/** One action while it is carried out: what it may use, and how it tells what it does. */
export interface ActionJob<P extends ActionPlan = ActionPlan> {
  readonly deps: Deps;
  readonly recorder: Recorder;
  readonly context: WorkflowContext;
  /** As the run stood when this process took the action up. */
  readonly state: RunState;
  readonly plan: P;
  readonly service: Service | null;
  /** Writes what happened, once under its key for this plan. */
  record(key: string, fact: RunFact): Promise<void>;
  /** One phase, told before and after, done once; an abort leaves it unfinished for the next process. */
  tellPhase(id: string, title: string, work: () => Promise<Answer<string>>): Promise<Answer<string>>;
  /** The same for work with a result of its own (plain JSON), of which `say` tells. */
  tellPhase<T>(
    id: string,
    title: string,
    work: () => Promise<Answer<T>>,
    say: (value: T) => string,
  ): Promise<Answer<T>>;
  finish(outcome: Outcome, detail: string): Promise<void>;
}

/** What a job is made of. */
export type JobParts<P extends ActionPlan> = Pick<
  ActionJob<P>,
  'deps' | 'recorder' | 'context' | 'state' | 'plan' | 'service'
>;

export function createJob<P extends ActionPlan>(parts: JobParts<P>): ActionJob<P> {
  const { deps, recorder, context, state, plan, service } = parts;
  const record = async (key: string, fact: RunFact) => {
    await recorder.record(state.run, { key: `${key}:${plan.id}`, fact });
  };
  return {
    ...parts,
    record,
    async tellPhase<T>(
      id: string,
      title: string,
      work: () => Promise<Answer<T>>,
      say: (value: T) => string = String,
    ): Promise<Answer<T>> {
      const tell = (to: 'begun' | 'done' | 'failed', detail: string) =>
        record(`phase:${id}:${to}`, { type: 'action-phase', plan: plan.id, phase: id, title, state: to, detail });
      await tell('begun', '');
      const answer = await context.step(id, async () => {
        // What is journalled is clean: answers quote logs.
        const result = redactDeep(await work(), deps.redact);
        context.signal.throwIfAborted();
        return result;
      });
      await (answer.kind === 'known' ? tell('done', say(answer.value)) : tell('failed', answer.why.message));
      return answer;
    },
    async finish(outcome, detail) {
      const impact = readingsOf(await readImpact(deps, service, context.signal));
      const sinceOpenedMs = Math.max(0, deps.clock.now().getTime() - Date.parse(state.openedAt));
      await record('finished', { type: 'action-finished', plan: plan.id, outcome, detail, impact, sinceOpenedMs });
      deps.log.info({ run: state.run, plan: plan.id, outcome }, 'an action has ended');
    },
  };
}
