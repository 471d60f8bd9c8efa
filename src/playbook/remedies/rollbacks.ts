import type { InstanceEvidence, RollbackCandidate } from '../instance-evidence.ts';
import type { Remedy } from '../verdict.ts';

/** At most this many digests are offered: a tired person should not have to choose among twenty. */
const OFFERED = 3;

/** The digests that are proved to start on the host, each as a remedy; one that says that there is none. */
export function rollbacks({ candidates }: InstanceEvidence): readonly Remedy[] {
  if (candidates.kind === 'probe-failed') return [];
  const usable = candidates.value.filter((candidate) => candidate.unusableBecause === null);
  if (usable.length > 0) return usable.slice(0, OFFERED).map(toRollback);
  const unusable = candidates.value.length;
  const because =
    unusable === 0
      ? 'No earlier digest is known, on this host or in the registry.'
      : `No earlier digest is proved to start on this host: ${unusable} looked at, none would do.`;
  return [{ kind: 'rollback-to-digest', fit: 'useless', because }];
}

function toRollback(candidate: RollbackCandidate): Remedy {
  const { knownAs, digest, wasHere, outcome, image, platform } = candidate;
  const name = knownAs ?? digest.slice(0, 19);
  const here = wasHere ? 'was pulled to this host before and ' : '';
  return {
    kind: 'rollback-to-digest',
    fit: 'fixes',
    because: `In an emergency: ${name} ${here}is proved to start here. ${outcome?.because ?? ''}`.trim(),
    digest,
    image,
    ...(platform && { platform }),
    ...(knownAs && { knownAs }),
  };
}
