import type { ApprovalPolicy } from '../approval/may-approve.ts';
import { type Absence, explainAbsence, judgeAbsence, remediesOfAbsence } from '../playbook/absence.ts';
import { explainBlastRadius } from '../playbook/blast-radius.ts';
import { explainInstances } from '../playbook/explain-instances.ts';
import type { Step, StepId } from '../playbook/finding.ts';
import { hintsFor } from '../playbook/hints.ts';
import type { InstanceEvidence } from '../playbook/instance-evidence.ts';
import { judge, worstVerdict } from '../playbook/judge/judge.ts';
import type { Place } from '../playbook/place.ts';
import { findRemedies } from '../playbook/remedies/find-remedies.ts';
import { changeStep } from '../playbook/steps/change-step.ts';
import { explainDecision } from '../playbook/steps/decision-step.ts';
import { fileStep } from '../playbook/steps/file-step.ts';
import { hostStep } from '../playbook/steps/host-step.ts';
import { imageStep } from '../playbook/steps/image-step.ts';
import { explainImpact } from '../playbook/steps/impact-step.ts';
import { type InstanceStep, type StepPart, worstStatus } from '../playbook/steps/step.ts';
import { symptomStep } from '../playbook/steps/symptom-step.ts';
import { tagStep } from '../playbook/steps/tag-step.ts';
import type { ApprovalSummary } from '../run/events.ts';
import type { Deps, Service } from './deps.ts';
import { createGate } from './gate.ts';
import { gatherAbsence } from './gather-absence.ts';
import { type Gathering, gatherInstance } from './gather-instance.ts';
import { lookAround } from './look-around.ts';
import { readImpact, readingsOf } from './read-impact.ts';
import type { Recorder } from './recorder.ts';
import { rememberImages } from './remember-images.ts';
import { policiesOf } from './service-at.ts';

/** The steps that look at instances, in the playbook's order. */
const INSTANCE_STEPS: readonly InstanceStep[] = [hostStep, imageStep, tagStep, fileStep, symptomStep, changeStep];

/** Instances that are looked at at the same time. */
const AT_ONCE = 250;

/** Whatever happens, a diagnosis ends within this. */
const DEADLINE_MS = 60_000;

/**
 * Runs the playbook over the places and records each step in its order, as soon as it and those before it are known; then
 * the verdict and the remedies. Can be repeated after a crash: what was recorded stays.
 */
export async function investigate(
  deps: Deps,
  recorder: Recorder,
  run: {
    readonly id: string;
    readonly target: string;
    readonly service: Service | null;
    readonly places: readonly Place[];
    readonly absent: readonly Absence[];
    readonly openedAt: number;
  },
  signal: AbortSignal,
): Promise<void> {
  const deadline = deps.clock.deadline(DEADLINE_MS, signal);
  const started = deps.clock.monotonic();
  const waitedMs = Math.max(0, deps.clock.now().getTime() - run.openedAt);
  const impact = readImpact(deps, run.service, deadline);
  const gate = createGate(AT_ONCE);
  const asked = { ...deps, images: rememberImages(deps.images) };
  const gatherings = run.places.flatMap((place) => {
    const estate = deps.estates.get(place.kind === 'docker' ? place.host : place.cluster);
    return estate ? [gatherInstance(asked, estate, run.service, place, gate, deadline)] : [];
  });
  const radius = lookAround(deps, gatherings, run.places, deadline);
  for (const step of INSTANCE_STEPS) {
    const explained = gatherings.map(async (gathering) => step.explain(await partly(gathering, step.needs)));
    const parts = await Promise.all(explained);
    if (step === hostStep && run.absent.length > 0) parts.push(explainAbsence(run.absent));
    if (parts.length > 0) await tell(step.id, step.title, parts);
  }
  const absent = await Promise.all(run.absent.map((one) => gatherAbsence(asked, run.service, one, deadline)));
  const probes = await impact;
  const gathered = Promise.all(gatherings.map((gathering) => partly(gathering, ALL_PARTS)));
  const others = await radius.within(gathered);
  await tell('impact', 'What it costs', [explainImpact(probes), ...others.map(explainBlastRadius)]);

  const evidence = await gathered;
  const instances = evidence.map((one) => ({ where: one.place, verdict: judge(one) }));
  const verdict = worstVerdict([...instances.map((instance) => instance.verdict), ...absent.map(judgeAbsence)]);
  if (!verdict) return;
  const remedies = [
    ...evidence.flatMap((one, index) => {
      const instance = instances[index];
      return instance ? findRemedies(one, instance.verdict) : [];
    }),
    ...absent.flatMap(remediesOfAbsence),
  ];
  const judged = evidence.flatMap((one, index) => {
    const instance = instances[index];
    return instance ? [{ evidence: one, verdict: instance.verdict }] : [];
  });
  const worst = judged.find((one) => one.verdict === verdict)?.evidence ?? null;
  const decision = explainDecision(run.target, referenceOf(evidence), verdict, remedies);
  const around = [...explainInstances(run.target, judged), ...hintsFor(verdict, worst, run.service?.platforms ?? [])];
  await tell('decision', 'Decision', [{ ...decision, findings: [...decision.findings, ...around] }]);
  const elapsedMs = Math.round(waitedMs + deps.clock.monotonic() - started);
  const fact = {
    type: 'verdict-reached',
    verdict,
    instances,
    remedies,
    impact: readingsOf(probes),
    elapsedMs,
    approvals: summaryOf(run.service ? (policiesOf(run.service)[0] ?? null) : null),
    rebuildOn: rebuildOn(deps, run.service),
  } as const;
  await recorder.record(run.id, { key: 'verdict', fact });
  deps.log.info({ run: run.id, outcome: verdict.outcome, fault: verdict.fault, elapsedMs }, 'a verdict was reached');

  async function tell(id: StepId, title: string, parts: readonly StepPart[]): Promise<void> {
    signal.throwIfAborted();
    const elapsedMs = Math.round(deps.clock.monotonic() - started);
    const step: Step = {
      id,
      title,
      status: worstStatus(parts),
      elapsedMs,
      findings: parts.flatMap(({ findings }) => findings),
    };
    await recorder.record(run.id, { key: `step:${id}`, fact: { type: 'step-finished', step } });
  }
}

/** The image as the first instance that could be inspected names it. */
function referenceOf(evidence: readonly InstanceEvidence[]): string | null {
  const inspected = evidence.flatMap(({ instance }) =>
    instance.kind === 'known' ? [instance.value.imageReference] : [],
  );
  return inspected[0] ?? null;
}

const ALL_PARTS: readonly (keyof InstanceEvidence)[] = [
  'host',
  'instance',
  'localImage',
  'published',
  'imageConfig',
  'execution',
  'pristine',
  'build',
  'provenance',
  'upstream',
  'offered',
  'shared',
  'log',
  'candidates',
  'pool',
  'history',
];

/** Waits for some parts. A step reads only what it needs, so the others may still be missing in what it is given. */
async function partly(gathering: Gathering, needs: readonly (keyof InstanceEvidence)[]): Promise<InstanceEvidence> {
  const parts = await Promise.all(
    (['place', 'cli', 'at', ...needs] as const).map(async (part) => [part, await gathering[part]] as const),
  );
  return Object.fromEntries(parts) as unknown as InstanceEvidence;
}

/** Who may approve by a policy; null when nobody is named. */
export function summaryOf(policy: ApprovalPolicy | null): ApprovalSummary | null {
  if (!policy || policy.approvers.length === 0) return null;
  const { name, approvers, required, allowSelf } = policy;
  return { policy: name, approvers, required, allowSelf };
}

/** Where a service can be rebuilt from here; null when no CI server is configured for it, or nobody may approve. */
function rebuildOn({ rebuilds }: Deps, service: Service | null): string | null {
  const ci = service?.rebuild?.ci;
  return ci !== undefined && rebuilds.has(ci) ? ci : null;
}
