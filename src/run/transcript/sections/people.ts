import type { Person } from '../../../approval/person.ts';
import type { RunFact } from '../../events.ts';
import { type Section, table } from '../document.ts';
import { formatUtc, type Subject, since } from '../subject.ts';

/** Who did what: asked, joined, proposed, approved, declined, was refused. */
export function peopleSection(subject: Subject): Section {
  const rows = subject.events.flatMap(({ at, fact }) => {
    const deed = deedOf(fact);
    return deed ? [[deed.by.name, deed.by.id, deed.did, formatUtc(at), since(subject, at)]] : [];
  });
  const columns = ['Name', 'Identity', 'Did', 'Time (UTC)', 'Elapsed'];
  return {
    id: 'people',
    title: 'People',
    blocks: [table('Who asked, approved, declined or was refused', columns, rows)],
  };
}

/** What a person did in an event; null where nobody did. A new kind of event does not compile until it stands here. */
function deedOf(fact: RunFact): { readonly by: Person; readonly did: string } | null {
  switch (fact.type) {
    case 'opened':
      return { by: fact.by, did: 'asked' };
    case 'joined':
      return { by: fact.by, did: 'joined' };
    case 'action-proposed':
      return { by: fact.plan.requestedBy, did: `proposed plan ${fact.plan.id}` };
    case 'action-approved':
      return { by: fact.by, did: `approved plan ${fact.plan}, ${fact.given} of ${fact.required}` };
    case 'action-declined':
      return { by: fact.by, did: `declined plan ${fact.plan}` };
    case 'action-withdrawn':
      return { by: fact.by, did: `withdrew plan ${fact.plan}` };
    case 'cancel-asked':
      return { by: fact.by, did: `asked to cancel the build of plan ${fact.plan}` };
    case 'press-refused':
      return { by: fact.by, did: `was refused at plan ${fact.plan}: ${fact.why}` };
    case 'located':
    case 'step-finished':
    case 'verdict-reached':
    case 'interrupted':
    case 'failed':
    case 'action-expired':
    case 'action-void':
    case 'build-seen':
    case 'remedy-found':
    case 'action-started':
    case 'action-phase':
    case 'impact-read':
    case 'action-finished':
    case 'closed':
      return null;
  }
}
