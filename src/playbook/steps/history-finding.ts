import type { RevisionFacts } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { probeFailed } from './step.ts';

const SHOWN = 5;

/** What the workload was before, who set the image, and who would undo a change; none where no history is kept. */
export function explainHistory({ place, cli, instance, history }: InstanceEvidence): readonly Finding[] {
  if (history === null || place.kind !== 'kubernetes') return [];
  const check = 'Roll-out history';
  const command = `${cli} -n ${place.namespace} rollout history ${place.workload}`;
  if (history.kind === 'probe-failed') return [probeFailed(check, command, history.why, place)];
  const { revisions, imageSetBy } = history.value;
  if (revisions.length === 0 && imageSetBy === null) return [];
  const owner = instance.kind === 'known' ? instance.value.managedBy : null;
  return [
    {
      check,
      command,
      observed: revisions.slice(0, SHOWN).map(describeRevision).join('\n') || 'no revision is kept',
      meaning: imageSetBy === null ? 'Who set the image is not recorded.' : `The image was last set by ${imageSetBy}.`,
      decision:
        owner === null
          ? 'Nothing else is known to apply this workload: a change made here stays.'
          : `It belongs to ${owner}, which would undo a change made here: commit the change there.`,
      where: place,
    },
  ];
}

function describeRevision({ number, createdAt, image, cause }: RevisionFacts): string {
  const when = createdAt === '' ? '' : `, ${createdAt}`;
  return `revision ${number}${when}: ${image ?? 'no such container'}${cause === null ? '' : ` (${cause.slice(0, 200)})`}`;
}
