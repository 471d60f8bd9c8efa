import { describePlan } from '../approval/describe-plan.ts';
import { describePlace } from '../playbook/place.ts';
import type { RunEvent, RunFact } from './events.ts';
import { type ActionState, foldRun } from './run-state.ts';

/** A transcript before its format: what a postmortem needs of one run, all times in UTC. Strings are plain text. */
export interface Transcript {
  readonly title: string;
  readonly practice: boolean;
  readonly summary: readonly Row[];
  readonly timeline: readonly TimelineEntry[];
  readonly steps: readonly TranscriptStep[];
  readonly actions: readonly { readonly title: string; readonly rows: readonly Row[] }[];
}

export interface Row {
  readonly label: string;
  readonly value: string;
}

export interface TimelineEntry {
  readonly at: string;
  /** Milliseconds since the command. */
  readonly sinceMs: number;
  readonly what: string;
}

export interface TranscriptStep {
  readonly title: string;
  readonly status: string;
  readonly findings: readonly {
    readonly check: string;
    readonly command: string;
    readonly observed: string;
    readonly meaning: string;
    readonly decision: string;
  }[];
}

/** Builds the transcript of a run from its events; null when there are none. */
export function transcriptOf(events: readonly RunEvent[]): Transcript | null {
  const state = foldRun(events);
  if (!state) return null;
  const opened = Date.parse(state.openedAt);
  const verdict = state.verdict?.verdict;
  return {
    title: `${state.target}, run ${state.run}`,
    practice: state.practice,
    summary: [
      { label: 'Target', value: state.target },
      { label: 'Opened', value: `${state.openedAt} by ${state.by.name} (${state.by.id})` },
      { label: 'Instances', value: state.places.map(describePlace).join(', ') || 'none found' },
      ...(verdict
        ? [
            { label: 'Verdict', value: verdict.summary },
            {
              label: 'Fault',
              value: `${verdict.fault ?? 'unknown'} (${verdict.confidence}), ${verdict.errno ?? 'no errno'}`,
            },
            { label: 'Culprit', value: verdict.culprit ?? 'none' },
            {
              label: 'Origin',
              value: `${verdict.origin.kind} (${verdict.origin.confidence}): ${verdict.origin.because}`,
            },
          ]
        : [{ label: 'Verdict', value: state.failure?.message ?? 'not reached' }]),
    ],
    timeline: events.flatMap(({ at, fact }) => {
      const what = describeFact(fact);
      return what ? [{ at, sinceMs: Date.parse(at) - opened, what }] : [];
    }),
    steps: state.steps.map(({ step }) => ({
      title: step.title,
      status: step.status,
      findings: step.findings.map(({ check, command, observed, meaning, decision, where }) => ({
        check: where ? `${check} (${describePlace(where)})` : check,
        command,
        observed,
        meaning,
        decision,
      })),
    })),
    actions: state.actions.map(auditOf),
  };
}

function auditOf(action: ActionState): Transcript['actions'][number] {
  const { plan, approvedBy } = action;
  const { noun, from, to } = describePlan(plan);
  const row = (label: string, value: string) => ({ label, value: value.replaceAll('\n', ' ') });
  const approved = approvedBy.map(({ by, at }) => `${by.name} (${by.id}) at ${at}`).join(', ');
  return {
    title: `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)} ${plan.id}: ${describePlace(plan.where)}`,
    rows: [
      row('From', from),
      row('To', to),
      row('Plan hash', plan.hash),
      row('Asked for by', `${plan.requestedBy.name} (${plan.requestedBy.id})`),
      row('Approved by', approved || 'nobody'),
      row('Outcome', outcomeOf(action)),
    ],
  };
}

function outcomeOf({ finished, declined, withdrawn, voidBecause, expired }: ActionState): string {
  const because = (reason: string | null) => (reason === null ? '' : `: ${reason}`);
  if (finished) return `${finished.outcome}: ${finished.detail}`;
  if (declined) return `declined by ${declined.by.id}${because(declined.reason)}`;
  if (withdrawn) return `withdrawn by ${withdrawn.by.id}${because(withdrawn.reason)}`;
  if (voidBecause !== null) return `void: ${voidBecause}`;
  return expired ? 'expired' : 'open';
}

/** One line of the timeline; null for what is told elsewhere. */
function describeFact(fact: RunFact): string | null {
  switch (fact.type) {
    case 'opened':
      return `${fact.by.name} (${fact.by.id}) asked for ${fact.target}${fact.on ? ` on ${fact.on}` : ''} in ${fact.conversation.chat}`;
    case 'joined':
      return `${fact.by.name} (${fact.by.id}) asked for the same`;
    case 'located':
      return `found ${fact.places.map(describePlace).join(', ') || 'no instance'}`;
    case 'step-finished':
      return `${fact.step.title}: ${fact.step.status}`;
    case 'verdict-reached':
      return `verdict: ${fact.verdict.summary}`;
    case 'interrupted':
      return `execfmt was interrupted during ${fact.during}; ${fact.goesOn ? 'it went on' : 'it ended there'}`;
    case 'failed':
      return `the run failed: ${fact.message}`;
    case 'action-proposed':
      return `${fact.plan.requestedBy.name} asked to ${describePlan(fact.plan).deed}`;
    case 'action-approved':
      return `${fact.by.name} (${fact.by.id}) approved (${fact.given} of ${fact.required})`;
    case 'action-declined':
      return `${fact.by.name} (${fact.by.id}) declined${fact.reason ? `: ${fact.reason}` : ''}`;
    case 'action-withdrawn':
      return `${fact.by.name} (${fact.by.id}) withdrew it${fact.reason ? `: ${fact.reason}` : ''}`;
    case 'action-void':
      return `the plan became void: ${fact.changed}`;
    case 'build-seen': {
      const { said, runner, architecture, url } = fact.build;
      return `the build is ${said}${runner ? ` on ${runner} (${architecture ?? 'architecture unknown'})` : ''}: ${url}`;
    }
    case 'cancel-asked':
      return `${fact.by.name} (${fact.by.id}) asked to cancel the build`;
    case 'remedy-found':
      return `found a way out: ${fact.remedy.image ?? fact.remedy.kind}: ${fact.remedy.because}`;
    case 'action-expired':
      return 'the plan expired without approval';
    case 'press-refused':
      return `a press by ${fact.by.name} (${fact.by.id}) was refused: ${fact.why}`;
    case 'action-started':
      return 'the action started';
    case 'action-phase':
      return `${fact.title}: ${fact.state}${fact.detail ? `, ${fact.detail}` : ''}`;
    case 'impact-read':
      return fact.impact.map(({ name, value }) => `${name} ${value ?? 'no value'}`).join(', ');
    case 'action-finished':
      return `${fact.outcome}: ${fact.detail}`;
    case 'closed':
      return null;
  }
}
