import { formatPlatform } from '../../image/platform.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { InstanceFacts } from '../evidence.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { judgeUnstarted } from '../judge-unstarted.ts';
import { findOrigin } from '../origin/find-origin.ts';
import { describePlace } from '../place.ts';
import { readSymptom, type Symptom } from '../symptom.ts';
import { type Confidence, UNKNOWN_ORIGIN, type Verdict } from '../verdict.ts';
import type { Claim } from './claim.ts';
import { claimOfEngine, claimOfFailure } from './claim-of-failure.ts';
import { correctClaim } from './correct-claim.ts';
import { claimedPlatform, metadataIsForeign } from './platforms.ts';

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
  if (execution.kind === 'probe-failed') {
    const refused = claimOfEngine(instance.value, symptom);
    return refused ? verdictOf(evidence, refused) : withoutFile(evidence, symptom, execution.why.message);
  }
  if (wasNeverStarted(instance.value, symptom, execution.value.outcome)) return wouldRun(evidence);
  const claim = claimOfFailure(evidence, instance.value, symptom, execution.value);
  return claim ? verdictOf(evidence, correctClaim(evidence, claim)) : unexplained(evidence, symptom);
}

function verdictOf(evidence: InstanceEvidence, claim: Claim): Verdict {
  const { fault, culprit, errno, confidence, because } = claim;
  const origin = findOrigin(evidence, fault, culprit) ?? UNKNOWN_ORIGIN;
  const subject = describePlace(evidence.place);
  const summary = fault === 'not-exec-format' ? `${subject}: ${because}` : `${subject} does not start: ${because}`;
  return { outcome: 'will-not-run', fault, culprit, errno, confidence, origin, summary };
}

/** Created, and nobody has started it: then the model alone can say. */
function wasNeverStarted({ state }: InstanceFacts, { kind }: Symptom, { outcome, suspicion }: Outcome): boolean {
  return kind === 'not-started' && state.error === '' && outcome === 'runs' && suspicion === null;
}

function wouldRun({ place }: InstanceEvidence): Verdict {
  return {
    ...inconclusive(`${describePlace(place)} was never started; the kernel would execute its files.`),
    outcome: 'runs',
    fault: 'none',
    confidence: 'likely',
  };
}

/** Nothing that was gathered leads to what was seen. */
function unexplained({ place }: InstanceEvidence, { errno }: Symptom): Verdict {
  if (errno === null) {
    return inconclusive(
      `${describePlace(place)} does not run, nothing says why, and the kernel would execute its files.`,
    );
  }
  const what = `the runtime reports ${errno}, but the files as they are now would be executed`;
  const summary = `${describePlace(place)} does not start: ${what}; a mount, a policy or an earlier image may be the reason.`;
  return { ...inconclusive(summary), errno };
}

function running(evidence: InstanceEvidence): Verdict {
  const { place, execution } = evidence;
  const fits = execution.kind === 'known' && execution.value.outcome.outcome === 'runs';
  const mislabelled = fits && metadataIsForeign(evidence);
  const claimed = claimedPlatform(evidence);
  const note =
    mislabelled && claimed
      ? ` Its metadata says ${formatPlatform(claimed)}, which is wrong but does no harm here: the files fit the host.`
      : '';
  return {
    outcome: 'runs',
    fault: mislabelled ? 'wrong-metadata' : 'none',
    culprit: null,
    errno: null,
    confidence: 'proved',
    origin: UNKNOWN_ORIGIN,
    summary: `${describePlace(place)} runs.${note}`,
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
      origin: findOrigin(evidence, 'wrong-platform-image', argv0) ?? UNKNOWN_ORIGIN,
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
