import { formatPlatform } from '../../image/platform.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { tagOffersHost } from '../judge/platforms.ts';
import { mountAt } from '../mounted-tree.ts';
import type { Remedy, RemedyKind, Verdict } from '../verdict.ts';
import { planFor } from './remedy-plan.ts';
import { rollbacks } from './rollbacks.ts';
import { describeRemedy, describeUseless } from './words.ts';

/**
 * The ways out for one instance, in the playbook's order: publish a correct image; in an emergency roll back or pin the
 * platform; emulation last. Those that would not help are named as such.
 */
export function findRemedies(evidence: InstanceEvidence, verdict: Verdict): readonly Remedy[] {
  if (verdict.outcome !== 'will-not-run' || verdict.fault === null) return [];
  const { helps, tempting } = isMountsFault(evidence, verdict) ? planFor('shadowed-by-mount') : planFor(verdict.fault);
  const remedies = [
    ...helps.flatMap((kind) => helpful(kind, evidence, verdict)),
    ...tempting.flatMap((kind) => useless(kind, evidence, verdict)),
  ];
  return remedies.map((remedy) => ({ ...remedy, where: evidence.place }));
}

/** Whether the refused file is not the image's at all, but what a mount put in its place. */
function isMountsFault({ instance }: InstanceEvidence, { fault, culprit }: Verdict): boolean {
  if (instance.kind === 'probe-failed' || culprit === null || planFor(fault ?? 'none').helps[0] !== 'fix-file')
    return false;
  return mountAt(instance.value.mounts, culprit) !== null;
}

function platformOf({ host }: InstanceEvidence): { readonly platform?: string } {
  return host.kind === 'known' ? { platform: formatPlatform(host.value.platform) } : {};
}

function helpful(kind: RemedyKind, evidence: InstanceEvidence, verdict: Verdict): readonly Remedy[] {
  if (kind === 'rollback-to-digest') return rollbacks(evidence);
  if (kind === 'pull-platform') return pullPlatform(evidence);
  const mitigates = kind === 'enable-emulation' || kind === 'schedule-to-arch';
  const fixes = !mitigates || verdict.fault === 'cpu-level' || verdict.fault === 'page-size';
  const because = describeRemedy(kind, evidence, verdict);
  return [{ kind, fit: fixes ? 'fixes' : 'mitigates', because, ...platformOf(evidence) }];
}

/** Of a tag without the host's platform there is nothing to pull; of an unknown one nobody can say. */
function pullPlatform(evidence: InstanceEvidence): readonly Remedy[] {
  const offered = tagOffersHost(evidence);
  const { platform } = platformOf(evidence);
  if (offered === null || platform === undefined) return [];
  const because = offered
    ? `The tag has ${platform}: pull it explicitly and create the container again.`
    : `The tag has no ${platform}: there is nothing to pull.`;
  return [{ kind: 'pull-platform', fit: offered ? 'fixes' : 'useless', because, platform }];
}

function useless(kind: RemedyKind, evidence: InstanceEvidence, verdict: Verdict): readonly Remedy[] {
  if (verdict.fault === null) return [];
  // What the tag has now is another image than the one that lies here.
  if (kind === 'repull' && verdict.origin.kind === 'stale-local-image') return helpful(kind, evidence, verdict);
  const because = describeUseless(kind, verdict.fault);
  return [{ kind, fit: 'useless', because, ...platformOf(evidence) }];
}
