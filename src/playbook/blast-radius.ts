import type { FaultCode } from '../kernel/outcome.ts';
import type { Answer, ProbeFailure } from './answer.ts';
import type { WorkloadName } from './other-workloads.ts';
import type { StepPart } from './steps/step.ts';

/** Workloads that would be refused by one kind of node that they may be scheduled to, for one reason. */
export interface FailingStart {
  readonly workloads: readonly WorkloadName[];
  readonly image: string;
  /** `linux/amd64`, of the nodes. */
  readonly platform: string;
  /** How many nodes of that kind they may be scheduled to. */
  readonly nodes: number;
  readonly fault: FaultCode;
  readonly because: string;
}

/** What the kernel model says of everything else that a cluster schedules, as far as there was time to look. */
export interface BlastRadius {
  /** As named in the configuration. */
  readonly estate: string;
  /** How a person reaches it on the command line. */
  readonly cli: string;
  readonly found: Answer<Radius>;
}

export interface Radius {
  /** The same repository as the run's first. */
  readonly failing: readonly FailingStart[];
  /** Workloads other than the run's own. */
  readonly workloads: number;
  /** Of those: not looked at, because there were too many images or the time was over. */
  readonly skipped: number;
  /** Of those: looked at in vain, and the first reason for that. */
  readonly unread: { readonly workloads: number; readonly why: string } | null;
  readonly unseen: readonly ProbeFailure[];
}

const SHOWN = 10;
const NAMED = 5;

/** What else would fail on a cluster, as a part of the step that tells what it costs. */
export function explainBlastRadius({ estate, cli, found }: BlastRadius): StepPart {
  const check = `Other workloads on ${estate}`;
  const command = `${cli} get deploy,sts,ds,cronjob,pod --all-namespaces -o wide`;
  if (found.kind === 'probe-failed') {
    const observed = `${found.why.target}: ${found.why.message}`;
    const meaning = 'Whether the same happens to others is unknown.';
    return { status: 'unknown', findings: [{ check, command, observed, meaning, decision: 'Going on without it.' }] };
  }
  const { failing, workloads, skipped } = found.value;
  const limits = limitsOf(found.value);
  const count = countOf(failing);
  const looked = workloads - skipped;
  const observed = [
    count === 0
      ? `none of ${looked} would fail on a node that it may be scheduled to`
      : `${count} of ${looked} would fail on a node that they may be scheduled to:`,
    ...failing.slice(0, SHOWN).map(describeFailing),
    ...(failing.length > SHOWN ? [`and ${countOf(failing.slice(SHOWN))} more`] : []),
    ...limits,
  ];
  return {
    status: count > 0 ? 'problem' : limits.length > 0 ? 'unknown' : 'ok',
    findings: [
      {
        check,
        command,
        observed: observed.join('\n'),
        meaning:
          count === 0
            ? 'The kernel model knows of nothing else there that this would happen to.'
            : 'Each of them fails as soon as a pod comes to stand on such a node, unless an emulator is registered there.',
        decision:
          count === 0 ? 'Nothing to do for others.' : 'Publish what their nodes need before their pods are made anew.',
      },
    ],
  };
}

/** Several containers, or several kinds of node, are one workload. */
function countOf(failing: readonly FailingStart[]): number {
  const names = failing.flatMap(({ workloads }) =>
    workloads.map(({ namespace, workload }) => `${namespace}/${workload}`),
  );
  return new Set(names).size;
}

function describeFailing({ workloads, image, platform, nodes, fault, because }: FailingStart): string {
  const names = workloads
    .slice(0, NAMED)
    .map(({ namespace, workload, container }) => `${namespace}/${workload} (${container})`);
  const who = workloads.length > NAMED ? `${names.join(', ')} and ${workloads.length - NAMED} more` : names.join(', ');
  return `${who}: ${image} on ${platform} (${nodes === 1 ? 'one node' : `${nodes} nodes`}): ${fault}: ${because}`;
}

/** What this does not say, so that silence is not taken for health. */
function limitsOf({ skipped, unread, unseen }: Radius): string[] {
  const many = (count: number) => (count === 1 ? 'one workload' : `${count} workloads`);
  return [
    ...(skipped > 0 ? [`Not looked at, so as not to hold the verdict up: ${many(skipped)}.`] : []),
    ...(unread ? [`Not to be told for ${many(unread.workloads)}: ${unread.why}`] : []),
    ...unseen.map(({ target, message }) => `Not seen: ${target}: ${message}`),
  ];
}
