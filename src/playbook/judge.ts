import { formatPlatform, type Platform, samePlatform } from '../image/platform.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { findOrigin } from './find-origin.ts';
import type { InstanceEvidence } from './instance-evidence.ts';
import { judgeUnstarted } from './judge-unstarted.ts';
import { describePlace } from './place.ts';
import { readSymptom, type Symptom } from './symptom.ts';
import type { Confidence, Origin, Verdict } from './verdict.ts';

const UNKNOWN_ORIGIN: Origin = {
  kind: 'unknown',
  confidence: 'possible',
  because: 'nothing gathered tells how it came about',
};

/**
 * The judgement on one instance. What the kernel model says of the actual bytes decides; metadata alone never proves.
 * `proved` only when the model reproduces what the runtime reported.
 */
export function judge(evidence: InstanceEvidence): Verdict {
  const { instance, log, execution, place, at } = evidence;
  if (instance.kind === 'probe-failed') {
    return inconclusive(`${describePlace(place)} could not be inspected: ${instance.why.message}`);
  }
  const symptom = readSymptom(instance.value, log.kind === 'known' ? log.value : null, at);
  if (symptom.kind === 'running') return running(evidence);
  const unstarted = judgeUnstarted(evidence, symptom, UNKNOWN_ORIGIN);
  if (unstarted) return unstarted;
  if (instance.value.argv.length === 0 && !instance.value.argvUnknown) return noEntrypoint(evidence);
  if (execution.kind === 'probe-failed') return withoutFile(evidence, symptom, execution.why.message);
  const { outcome } = execution.value;
  return outcome.outcome === 'runs'
    ? acceptedByKernel(evidence, symptom, outcome)
    : refused(evidence, symptom, outcome);
}

function refused(evidence: InstanceEvidence, symptom: Symptom, outcome: Outcome): Verdict {
  const fault =
    outcome.fault === 'wrong-arch-binary' && metadataIsForeign(evidence) ? 'wrong-platform-image' : outcome.fault;
  return {
    outcome: 'will-not-run',
    fault,
    culprit: outcome.culprit,
    errno: outcome.errno === null ? null : outcome.outcome,
    confidence: confidenceIn(evidence, symptom, outcome),
    origin: findOrigin(evidence, fault) ?? UNKNOWN_ORIGIN,
    summary: `${describePlace(evidence.place)} does not start: ${outcome.because}`,
  };
}

/** Proved when the model says just what was seen: the runtime's errno, or the exit status that a signal or loader leaves. */
function confidenceIn({ instance }: InstanceEvidence, symptom: Symptom, outcome: Outcome): Confidence {
  if (symptom.errno !== null) return symptom.errno === outcome.outcome ? 'proved' : 'possible';
  const exitCode = instance.kind === 'known' ? instance.value.state.exitCode : null;
  return outcome.errno === null && outcome.exit !== null && outcome.exit === exitCode ? 'proved' : 'likely';
}

/** The kernel would start it, and yet it does not run: it ended by itself, or something that the model does not see refused it. */
function acceptedByKernel({ place, instance }: InstanceEvidence, symptom: Symptom, outcome: Outcome): Verdict {
  if (symptom.errno !== null) {
    const what = `the runtime reports ${symptom.errno}, but the files as they are now would be executed`;
    return {
      ...inconclusive(
        `${describePlace(place)} does not start: ${what}; a mount, a policy or an earlier image may be the reason.`,
      ),
      errno: symptom.errno,
    };
  }
  if (symptom.kind !== 'ended' || instance.kind === 'probe-failed') {
    return inconclusive(
      `${describePlace(place)} does not run, nothing says why, and the kernel would execute its files.`,
    );
  }
  const { exitCode, oomKilled } = instance.value.state;
  const how = oomKilled
    ? 'it was killed for want of memory'
    : `its program ended by itself with exit status ${exitCode}`;
  return {
    outcome: 'will-not-run',
    fault: 'not-exec-format',
    culprit: outcome.culprit,
    errno: null,
    confidence: 'likely',
    origin: UNKNOWN_ORIGIN,
    summary: `${describePlace(place)} is no exec format error: the kernel executes its files; ${how}.`,
  };
}

function running({ place }: InstanceEvidence): Verdict {
  return {
    outcome: 'runs',
    fault: 'none',
    culprit: null,
    errno: null,
    confidence: 'proved',
    origin: UNKNOWN_ORIGIN,
    summary: `${describePlace(place)} runs.`,
  };
}

function noEntrypoint({ place }: InstanceEvidence): Verdict {
  return {
    ...inconclusive(`${describePlace(place)} has neither an entrypoint nor a command: there is nothing to execute.`),
    outcome: 'will-not-run',
    fault: 'entrypoint-not-found',
    confidence: 'likely',
  };
}

/** The bytes could not be read: the runtime's word and the metadata are all there is. */
function withoutFile(evidence: InstanceEvidence, symptom: Symptom, why: string): Verdict {
  const { place, host, instance } = evidence;
  const argv0 = instance.kind === 'known' ? (instance.value.argv[0] ?? null) : null;
  const claimed = claimedPlatform(evidence);
  if (symptom.errno === 'ENOEXEC' && claimed && host.kind === 'known' && metadataIsForeign(evidence)) {
    const platforms = `its image is for ${formatPlatform(claimed)}, the host is ${formatPlatform(host.value.platform)}`;
    return {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: argv0,
      errno: 'ENOEXEC',
      confidence: 'likely',
      origin: findOrigin(evidence, 'wrong-platform-image') ?? UNKNOWN_ORIGIN,
      summary: `${describePlace(place)} does not start: ${platforms}; the file itself could not be read.`,
    };
  }
  const said = symptom.errno ? ` The runtime reports ${symptom.errno}.` : '';
  return {
    ...inconclusive(`${describePlace(place)} does not run, and its files could not be read: ${why}${said}`),
    errno: symptom.errno,
    culprit: argv0,
  };
}

/** Whether the image's own metadata names another platform than the host's; false while either is unknown. */
function metadataIsForeign(evidence: InstanceEvidence): boolean {
  const claimed = claimedPlatform(evidence);
  return evidence.host.kind === 'known' && claimed !== null && !samePlatform(claimed, evidence.host.value.platform);
}

/** What the image says that it is for: the local one, or when that is gone the one manifest that its reference points to. */
function claimedPlatform({ localImage, published }: InstanceEvidence): Platform | null {
  if (localImage.kind === 'known') return localImage.value.platform;
  if (published.kind === 'probe-failed' || published.value.kind !== 'manifest') return null;
  return published.value.entries[0]?.platform ?? null;
}

function inconclusive(summary: string): Verdict {
  const confidence: Confidence = 'possible';
  return {
    outcome: 'inconclusive',
    fault: null,
    culprit: null,
    errno: null,
    confidence,
    origin: UNKNOWN_ORIGIN,
    summary,
  };
}

const GRAVITY = { 'will-not-run': 2, inconclusive: 1, runs: 0 } as const;

/** The verdict of a run is that of its worst instance; of equals the first. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict | null {
  return verdicts.reduce<Verdict | null>(
    (worst, verdict) => (worst === null || GRAVITY[verdict.outcome] > GRAVITY[worst.outcome] ? verdict : worst),
    null,
  );
}
