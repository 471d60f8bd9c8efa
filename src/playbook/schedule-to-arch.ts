import { type InstanceEvidence, type PoolRow, pulledDigest, repositoryOf } from './instance-evidence.ts';
import { runsOn } from './steps/pool-finding.ts';
import type { Remedy } from './verdict.ts';

/** Every kubelet labels its node with its architecture (kubernetes.io/docs/reference/labels-annotations-taints). */
const ARCHITECTURE_LABEL = 'kubernetes.io/arch';

/**
 * Keeping a pod to the nodes that would run it, as it is: an emergency, and a policy that nobody sees later. Null where
 * there is no scheduler or its nodes are unknown.
 */
export function scheduleToArch(evidence: InstanceEvidence): Remedy | null {
  const { place, pool } = evidence;
  if (place.kind !== 'kubernetes' || pool?.kind !== 'known') return null;
  const { rows } = pool.value;
  const fitting = rows.filter(runsOn);
  const clean = fitting.find((row) => rows.every((other) => archOf(other) !== archOf(row) || runsOn(other)));
  const first = clean ?? fitting[0];
  if (!first) {
    const because = 'No node that it may be scheduled to would run this image: there is nothing to schedule it to.';
    return { kind: 'schedule-to-arch', fit: 'useless', because };
  }
  const of = { kind: 'schedule-to-arch', fit: 'mitigates', platform: first.platform } as const;
  const fits = `In an emergency: ${first.count} of the nodes it may be scheduled to (${first.platform}) would run it as it is`;
  const hides = 'It hides the wrong image and takes the other nodes away: remove it once the image is right.';
  if (!clean) {
    // Page sizes and levels of the processor differ within one architecture.
    const because = `${fits}, but others of that architecture would not: a nodeSelector on a label that only the former bear keeps it there. ${hides}`;
    return { ...of, because };
  }
  const architecture = archOf(first);
  const because = `${fits}; a nodeSelector ${ARCHITECTURE_LABEL}=${architecture} keeps it there. ${hides}`;
  return { ...of, because, nodeSelector: { [ARCHITECTURE_LABEL]: architecture }, ...imageOf(evidence) };
}

const archOf = ({ platform }: PoolRow): string => platform.split('/')[1] ?? '';

/** The image that stays: by the digest that was pulled, when that is known. */
function imageOf({ instance, localImage }: InstanceEvidence): Pick<Remedy, 'image' | 'digest'> {
  if (instance.kind === 'probe-failed') return {};
  const { imageReference } = instance.value;
  const repository = repositoryOf(imageReference);
  const digest = localImage.kind === 'known' ? pulledDigest(localImage.value, repository) : null;
  return digest === null ? { image: imageReference } : { image: `${repository}@${digest}`, digest };
}
