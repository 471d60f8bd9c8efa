import { formatPlatform } from '../../image/platform.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { refusalOfOffered, tagOffersHost } from '../judge/platforms.ts';
import { mountAt } from '../mounted-tree.ts';
import { scheduleToArch } from '../schedule-to-arch.ts';
import type { Remedy, RemedyKind, Verdict } from '../verdict.ts';
import { offeredAnew, sameAnew } from './pulled-anew.ts';
import { planFor, planForOrigin } from './remedy-plan.ts';
import { rollbacks } from './rollbacks.ts';
import { describeRemedy, describeUseless } from './words.ts';

/**
 * The ways out for one instance, in the playbook's order: publish a correct image; in an emergency roll back or pin the
 * platform; emulation last. Those that would not help are named as such.
 */
export function findRemedies(evidence: InstanceEvidence, verdict: Verdict): readonly Remedy[] {
  if (verdict.outcome !== 'will-not-run' || verdict.fault === null) return [];
  const fault = isMountsFault(evidence, verdict) ? 'shadowed-by-mount' : verdict.fault;
  const { helps, tempting } = planForOrigin(planFor(fault), verdict.origin.kind);
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
  if (kind === 'schedule-to-arch' && evidence.place.kind === 'kubernetes') {
    const remedy = scheduleToArch(evidence);
    return remedy ? [remedy] : [];
  }
  if (kind === 'enable-emulation' && !wouldBeEmulated(evidence)) {
    const because = 'An emulator could not load it either: the program’s own loader is not in the image.';
    return [{ kind, fit: 'useless', because, ...platformOf(evidence) }];
  }
  const mitigates = kind === 'enable-emulation' || kind === 'schedule-to-arch';
  const fixes = !mitigates || verdict.fault === 'cpu-level' || verdict.fault === 'page-size';
  const because = describeRemedy(kind, evidence, verdict);
  const pulled = kind === 'repull' ? sameAnew(evidence, verdict) : {};
  return [{ kind, fit: fixes ? 'fixes' : 'mitigates', because, ...platformOf(evidence), ...pulled }];
}

/** Whether nothing speaks against it that an emulator on the host would run the program. */
function wouldBeEmulated({ execution }: InstanceEvidence): boolean {
  if (execution.kind === 'probe-failed') return true;
  const emulated = execution.value.alternatives.find(({ assumption }) => assumption === 'emulator-with-f');
  return emulated === undefined || emulated.outcome.outcome === 'runs';
}

/** Of a tag without the host's platform there is nothing to pull; of an unknown one nobody can say. */
function pullPlatform(evidence: InstanceEvidence): readonly Remedy[] {
  const offered = tagOffersHost(evidence);
  const refusal = refusalOfOffered(evidence);
  const { platform } = platformOf(evidence);
  if (offered === null || platform === undefined) return [];
  if (offered && refusal) {
    const because = `The tag’s image for ${platform} would not start either: ${refusal.because}`;
    return [{ kind: 'pull-platform', fit: 'useless', because, platform }];
  }
  const because = offered
    ? `The tag has ${platform}: pull it explicitly and create the container again.`
    : `The tag has no ${platform}: there is nothing to pull.`;
  const pulled = offered ? offeredAnew(evidence) : {};
  return [{ kind: 'pull-platform', fit: offered ? 'fixes' : 'useless', because, platform, ...pulled }];
}

function useless(kind: RemedyKind, evidence: InstanceEvidence, verdict: Verdict): readonly Remedy[] {
  if (verdict.fault === null) return [];
  const because = describeUseless(kind, verdict.fault, verdict.origin.kind);
  return [{ kind, fit: 'useless', because, ...platformOf(evidence) }];
}
