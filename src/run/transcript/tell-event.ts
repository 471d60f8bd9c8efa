import type { ImpactReading } from '../../playbook/evidence.ts';
import { describePlace } from '../../playbook/place.ts';
import { formatReading } from '../../playbook/steps/impact-step.ts';
import type { RunFact } from '../events.ts';
import { namePerson } from './subject.ts';
import { tellPlan } from './tell-plan.ts';

/** One line of the timeline for each kind of event. A new kind does not compile until it has its line here. */
export function tellEvent(fact: RunFact): string {
  switch (fact.type) {
    case 'opened':
      return `${namePerson(fact.by)} asked for ${fact.target}${fact.on === null ? '' : ` on ${fact.on}`} in ${fact.conversation.chat}`;
    case 'joined':
      return `${namePerson(fact.by)} asked for the same`;
    case 'located':
      return `found ${fact.places.map(describePlace).join(', ') || 'no instance'}`;
    case 'step-finished':
      return `step ${fact.step.id}, ${fact.step.title}: ${fact.step.status}`;
    case 'verdict-reached':
      return `verdict: ${fact.verdict.summary}`;
    case 'interrupted':
      return `execfmt was interrupted during ${fact.during}; ${fact.goesOn ? 'it went on' : 'it ended there'}`;
    case 'failed':
      return `the run failed: ${fact.message}`;
    case 'action-proposed':
      return `${namePerson(fact.plan.requestedBy)} proposed plan ${fact.plan.id}: ${tellPlan(fact.plan).what}`;
    case 'action-approved':
      return `${namePerson(fact.by)} approved plan ${fact.plan} (${fact.given} of ${fact.required})`;
    case 'action-declined':
      return `${namePerson(fact.by)} declined plan ${fact.plan}${fact.reason ? `: ${fact.reason}` : ''}`;
    case 'action-withdrawn':
      return `${namePerson(fact.by)} withdrew plan ${fact.plan}${fact.reason ? `: ${fact.reason}` : ''}`;
    case 'action-void':
      return `plan ${fact.plan} became void: ${fact.changed}`;
    case 'build-seen': {
      const { said, runner, architecture, url } = fact.build;
      return `the build is ${said}${runner ? ` on ${runner} (${architecture ?? 'architecture unknown'})` : ''}: ${url}`;
    }
    case 'cancel-asked':
      return `${namePerson(fact.by)} asked to cancel the build of plan ${fact.plan}`;
    case 'remedy-found':
      return `found a way out: ${fact.remedy.image ?? fact.remedy.kind}: ${fact.remedy.because}`;
    case 'action-expired':
      return `plan ${fact.plan} expired`;
    case 'press-refused':
      return `a press by ${namePerson(fact.by)} on plan ${fact.plan} was refused: ${fact.why}`;
    case 'action-started':
      return `plan ${fact.plan} started`;
    case 'action-phase':
      return `${fact.title}: ${fact.state}${fact.detail === '' ? '' : `, ${fact.detail}`}`;
    case 'impact-read':
      return `read ${tellReadings(fact.impact)}`;
    case 'action-finished':
      return `plan ${fact.plan} ${fact.outcome}: ${fact.detail}`;
    case 'closed':
      return 'the diagnosis ended';
  }
}

/** `jobs waiting 1,847, oldest job 1 h 59 min` */
function tellReadings(readings: readonly ImpactReading[]): string {
  return readings.map((reading) => `${reading.name} ${formatReading(reading)}`).join(', ') || 'no number';
}
