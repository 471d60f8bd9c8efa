import { formatPlatform, samePlatform } from '../image/platform.ts';
import type { InstanceFacts } from './evidence.ts';
import type { InstanceEvidence } from './instance-evidence.ts';
import { describePlace } from './place.ts';
import type { Symptom } from './symptom.ts';
import type { Origin, Verdict } from './verdict.ts';

const NOT_PULLED: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
]);

/** Reasons of Kubernetes for which nothing is ever executed. */
const NEVER_EXECUTED: Readonly<Record<string, string>> = {
  Unschedulable: 'it cannot be scheduled to any node',
  CreateContainerConfigError: 'its container cannot be configured',
};

/** containerd's words when an index has no entry for the node (platforms matcher). */
const NO_MATCH = /no match for platform|no matching manifest|no image found in image index/i;

/**
 * The verdict on an instance that never came to execute anything, by the cluster's own reason; null when it did, or
 * nothing says that it did not.
 */
export function judgeUnstarted(evidence: InstanceEvidence, symptom: Symptom, unknown: Origin): Verdict | null {
  const { instance } = evidence;
  if (instance.kind === 'probe-failed') return null;
  const { status, error } = instance.value.state;
  if (NOT_PULLED.has(status)) return notPulled(evidence, instance.value, unknown);
  const reason = Object.hasOwn(NEVER_EXECUTED, status) ? NEVER_EXECUTED[status] : undefined;
  if (reason !== undefined) return otherwise(evidence, unknown, error === '' ? reason : `${reason}: ${error}`);
  return shadowed(evidence, instance.value, symptom, unknown);
}

function notPulled(evidence: InstanceEvidence, { state, imageReference }: InstanceFacts, origin: Origin): Verdict {
  const { host, published, place } = evidence;
  const lacks =
    host.kind === 'known' &&
    published.kind === 'known' &&
    published.value.kind === 'index' &&
    !published.value.entries.some(({ platform }) => platform && samePlatform(platform, host.value.platform));
  if (!lacks) return otherwise(evidence, origin, `its image cannot be pulled: ${state.error || state.status}`);
  const wants = formatPlatform(host.value.platform);
  return {
    outcome: 'will-not-run',
    fault: 'platform-missing-from-index',
    culprit: null,
    errno: null,
    confidence: NO_MATCH.test(state.error) ? 'proved' : 'likely',
    origin: {
      kind: 'single-platform-push',
      confidence: 'possible',
      because: `the index was published without ${wants}`,
    },
    summary: `${describePlace(place)} does not start: ${imageReference} is an index without ${wants}, which its node needs.`,
  };
}

function otherwise({ place }: InstanceEvidence, origin: Origin, how: string): Verdict {
  return {
    outcome: 'will-not-run',
    fault: 'not-exec-format',
    culprit: null,
    errno: null,
    confidence: 'likely',
    origin,
    summary: `${describePlace(place)} is no exec format error: ${how.replace(/\.+$/, '')}.`,
  };
}

/** The runtime did not find a file that lies where a volume is mounted: the volume hides what the image has there. */
function shadowed(evidence: InstanceEvidence, facts: InstanceFacts, symptom: Symptom, origin: Origin): Verdict | null {
  const { execution, place } = evidence;
  const file = facts.argv[0] ?? '';
  const mount = facts.mounts.find(({ destination }) => file.startsWith(`${destination.replace(/\/+$/, '')}/`));
  if (!mount || mount.destination === '/' || execution.kind === 'known') return null;
  if (symptom.errno !== 'ENOENT' && symptom.errno !== 'EACCES' && symptom.errno !== 'ENOEXEC') return null;
  return {
    outcome: 'will-not-run',
    fault: 'shadowed-by-mount',
    culprit: file,
    errno: symptom.errno,
    confidence: 'likely',
    origin,
    summary: `${describePlace(place)} does not start: the runtime reports ${symptom.errno} for ${file}, and a volume (${mount.kind}) at ${mount.destination} hides what the image has there.`,
  };
}
