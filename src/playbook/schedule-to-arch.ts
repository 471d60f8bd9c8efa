import type { InstanceEvidence } from './instance-evidence.ts';
import { runsOn } from './steps/pool-finding.ts';
import type { Remedy } from './verdict.ts';

/**
 * Keeping a pod to the nodes that would run it, as it is: an emergency, and a policy that nobody sees later. Null where
 * there is no scheduler or its nodes are unknown.
 */
export function scheduleToArch({ place, pool }: InstanceEvidence): Remedy | null {
  if (place.kind !== 'kubernetes' || pool?.kind !== 'known') return null;
  const fitting = pool.value.rows.filter(runsOn);
  const [first] = fitting;
  if (!first) {
    const because = 'No node that it may be scheduled to would run this image: there is nothing to schedule it to.';
    return { kind: 'schedule-to-arch', fit: 'useless', because };
  }
  const architecture = first.platform.split('/')[1];
  const selector = `nodeSelector kubernetes.io/arch=${architecture}`;
  return {
    kind: 'schedule-to-arch',
    fit: 'mitigates',
    because: `In an emergency: ${first.count} of the nodes it may be scheduled to (${first.platform}) would run it as it is; a ${selector} keeps it there. It hides the wrong image and takes the other nodes away: remove it once the image is right.`,
    platform: first.platform,
  };
}
