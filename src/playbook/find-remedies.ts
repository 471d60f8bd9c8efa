import { formatPlatform, samePlatform } from '../image/platform.ts';
import type { FaultCode } from '../kernel/outcome.ts';
import type { InstanceEvidence, RollbackCandidate } from './instance-evidence.ts';
import { scheduleToArch } from './schedule-to-arch.ts';
import type { Remedy, Verdict } from './verdict.ts';

/** Faults that lie in the image, so that another image is a way out. */
const IN_THE_IMAGE: ReadonlySet<FaultCode> = new Set([
  'wrong-platform-image',
  'wrong-arch-binary',
  'platform-missing-from-index',
  'script-crlf',
  'script-no-shebang',
  'script-too-nested',
  'interpreter-missing',
  'interpreter-wrong-arch',
  'loader-missing',
  'loader-wrong-arch',
  'empty-file',
  'truncated-binary',
  'foreign-format',
  'not-executable',
  'entrypoint-not-found',
  'entrypoint-is-directory',
]);

const WRONG_ARCHITECTURE: ReadonlySet<FaultCode> = new Set([
  'wrong-platform-image',
  'wrong-arch-binary',
  'interpreter-wrong-arch',
]);

/** At most this many digests are offered: a tired person should not have to choose among twenty. */
const OFFERED = 3;

/**
 * The ways out for one instance, in the playbook's order: publish a correct image; in an emergency roll back or pin the
 * platform; emulation last. Those that would not help are named as such.
 */
export function findRemedies(evidence: InstanceEvidence, verdict: Verdict): readonly Remedy[] {
  if (verdict.outcome !== 'will-not-run' || verdict.fault === null || !IN_THE_IMAGE.has(verdict.fault)) return [];
  const wrongArchitecture = WRONG_ARCHITECTURE.has(verdict.fault);
  return [
    wrongArchitecture ? rebuild(evidence) : fixFile(evidence, verdict),
    ...rollbacks(evidence),
    ...(wrongArchitecture
      ? [pullPlatform(evidence, verdict), scheduleToArch(evidence), enableEmulation(evidence)]
      : []),
  ].flatMap((remedy) => (remedy ? [{ ...remedy, where: evidence.place }] : []));
}

function hostPlatform({ host }: InstanceEvidence): string | null {
  return host.kind === 'known' ? formatPlatform(host.value.platform) : null;
}

function rebuild(evidence: InstanceEvidence): Remedy {
  const platform = hostPlatform(evidence);
  return {
    kind: 'rebuild',
    fit: 'fixes',
    because: `The clean fix: build and publish an image that has ${platform ?? 'the host’s platform'}, on a runner of that architecture or with buildx.`,
    ...(platform && { platform }),
  };
}

function fixFile(evidence: InstanceEvidence, verdict: Verdict): Remedy {
  const platform = hostPlatform(evidence);
  return {
    kind: 'fix-file',
    fit: 'fixes',
    because: `The clean fix: correct ${verdict.culprit ?? 'the file'} in the image’s build (${verdict.fault}) and publish it.`,
    ...(platform && { platform }),
  };
}

function rollbacks(evidence: InstanceEvidence): Remedy[] {
  if (evidence.candidates.kind === 'probe-failed') return [];
  const usable = evidence.candidates.value.filter((candidate) => candidate.unusableBecause === null);
  if (usable.length === 0) {
    return [
      { kind: 'rollback-to-digest', fit: 'useless', because: 'No earlier digest is proved to start on this host.' },
    ];
  }
  return usable.slice(0, OFFERED).map(toRollback);
}

function toRollback(candidate: RollbackCandidate): Remedy {
  const name = candidate.knownAs ?? candidate.digest.slice(0, 19);
  return {
    kind: 'rollback-to-digest',
    fit: 'fixes',
    because:
      `In an emergency: ${name} ${candidate.wasHere ? 'was pulled to this host before and' : ''} is proved to start here. ${candidate.outcome?.because ?? ''}`
        .replace('  ', ' ')
        .trim(),
    digest: candidate.digest,
    image: candidate.image,
    ...(candidate.platform && { platform: candidate.platform }),
    ...(candidate.knownAs && { knownAs: candidate.knownAs }),
  };
}

function pullPlatform(evidence: InstanceEvidence, verdict: Verdict): Remedy | null {
  const { host, published } = evidence;
  if (host.kind !== 'known' || published.kind !== 'known') return null;
  const platform = formatPlatform(host.value.platform);
  const offered = published.value.entries.some(
    (entry) => entry.platform && samePlatform(entry.platform, host.value.platform),
  );
  if (!offered) {
    return {
      kind: 'pull-platform',
      fit: 'useless',
      because: `The tag has no ${platform}: there is nothing to pull.`,
      platform,
    };
  }
  if (verdict.fault !== 'wrong-platform-image') {
    return {
      kind: 'pull-platform',
      fit: 'useless',
      because: `The image already says ${platform}; its contents are wrong.`,
      platform,
    };
  }
  return {
    kind: 'pull-platform',
    fit: 'fixes',
    because: `The tag has ${platform}: pull it explicitly and create the container again.`,
    platform,
  };
}

function enableEmulation(evidence: InstanceEvidence): Remedy {
  const platform = hostPlatform(evidence);
  return {
    kind: 'enable-emulation',
    fit: 'mitigates',
    because: 'Last resort: QEMU through binfmt_misc on the host; slow, and it hides the wrong image.',
    ...(platform && { platform }),
  };
}
