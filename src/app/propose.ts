import { hashPlan } from '../approval/hash-plan.ts';
import type { ActionPlan } from '../approval/plan.ts';
import { pulledDigest, repositoryOf } from '../playbook/instance-evidence.ts';
import { describePlace, estateOf } from '../playbook/place.ts';
import type { Remedy } from '../playbook/verdict.ts';
import type { Intent, IntentReply } from '../ports/application.ts';
import { isPending, type RunState } from '../run/run-state.ts';
import { privateCard } from '../view/private-card.ts';
import type { Deps } from './deps.ts';
import { EXPIRE } from './expire-plan.ts';
import { summaryOf } from './investigate.ts';
import { type Recorder, redactAll } from './recorder.ts';
import { serviceAt } from './service-at.ts';

const LOOK_MS = 10_000;

/**
 * Turns an offered remedy into a plan that can be approved: looks at the instance as it is now, and binds exactly that.
 * Nothing is changed. Two presses make one plan.
 */
export async function propose(
  deps: Deps,
  recorder: Recorder,
  state: RunState,
  intent: Intent,
  index: number,
  signal: AbortSignal,
): Promise<IntentReply> {
  const remedy = state.verdict?.remedies[index];
  if (!remedy?.digest || !remedy.image || !remedy.platform || !remedy.where)
    return refuse('This remedy cannot be carried out from here.');
  const service = serviceAt(deps, state.target, remedy.where);
  const approvals = summaryOf(service);
  if (!service?.approvals || !approvals)
    return refuse('Nobody is configured to approve changes of this target: it is diagnosis only.');
  const swapper = deps.swappers.get(estateOf(remedy.where));
  if (!swapper) return refuse(`${estateOf(remedy.where)} may not be changed from here.`);
  const same = state.actions.find(
    (action) =>
      action.plan.proposed.digest === remedy.digest && (isPending(action) || (action.started && !action.finished)),
  );
  if (same) return refuse(`${same.plan.requestedBy.name} asked for this already: see the card in the thread.`);

  const current = await lookAt(deps, remedy.where, signal);
  if (typeof current === 'string') return refuse(current);
  const id = deps.ids.plan();
  const swap = {
    id,
    where: remedy.where,
    instanceId: current.instanceId,
    imageId: current.imageId,
    image: remedy.image,
    platform: remedy.platform,
  };
  const objection = await swapper.objection?.(swap, deps.clock.deadline(LOOK_MS, signal));
  if (objection?.kind === 'probe-failed') return refuse(objection.why.message);
  if (objection?.value) return refuse(objection.value);
  const notes = await swapper.notes?.(swap, deps.clock.deadline(LOOK_MS, signal));
  if (notes?.kind === 'probe-failed') return refuse(notes.why.message);
  const plan: Omit<ActionPlan, 'hash'> = {
    id,
    run: state.run,
    kind: 'rollback-to-digest',
    where: remedy.where,
    service: service.name,
    current,
    proposed: {
      reference: remedy.image,
      digest: remedy.digest,
      platform: remedy.platform,
      knownAs: remedy.knownAs ?? null,
    },
    proof: remedy.because,
    // Comments among commands, so that both can be pasted.
    calls: [...swapper.calls(swap), ...(notes?.value ?? []).map((note) => `# ${note}`)],
    policy: approvals.policy,
    requestedBy: intent.by,
    expiresAt: new Date(deps.clock.now().getTime() + service.approvals.expiresInMs).toISOString(),
  };
  const clean = redactAll(plan, deps.redact);
  const hashed = { ...clean, hash: hashPlan(clean, deps.ids.sha256) };
  const key = proposalKey(state, remedy);
  const added = await recorder.record(state.run, { key, fact: { type: 'action-proposed', plan: hashed, approvals } });
  if (added.length === 0) return refuse('Somebody asked for this at the same moment: see the card in the thread.');
  await deps.workflows.start(EXPIRE, `${EXPIRE}:${id}`, { run: state.run, plan: id });
  return { kind: 'nothing' };
}

/** Unique for this digest until the plan before it has ended, so that two presses at once make one plan. */
function proposalKey(state: RunState, remedy: Remedy): string {
  const earlier = state.actions.filter((action) => action.plan.proposed.digest === remedy.digest).length;
  return `proposed:${remedy.digest}:${remedy.where ? describePlace(remedy.where) : ''}:${earlier}`;
}

/** The instance as it stands, for the plan's precondition; a sentence when it cannot be seen. */
async function lookAt(
  deps: Deps,
  where: ActionPlan['where'],
  signal: AbortSignal,
): Promise<ActionPlan['current'] | string> {
  const estate = deps.estates.get(estateOf(where));
  if (!estate) return `${estateOf(where)} is not configured any more.`;
  const deadline = deps.clock.deadline(LOOK_MS, signal);
  const instance = await estate.inspect(where, deadline);
  if (instance.kind === 'probe-failed')
    return `${describePlace(where)} cannot be inspected now: ${instance.why.message}`;
  const { id, imageId, imageReference } = instance.value;
  const image = await estate.localImage(where, imageId, deadline);
  const digest = image.kind === 'known' ? pulledDigest(image.value, repositoryOf(imageReference)) : null;
  return { instanceId: id, imageId, reference: imageReference, digest };
}

function refuse(text: string): IntentReply {
  return { kind: 'private', card: privateCard('Not proposed', text) };
}
