import { formatPlatform, type Platform, samePlatform } from '../image/platform.ts';
import type { FaultCode, Outcome } from '../kernel/outcome.ts';
import type { ProbeFailure } from './answer.ts';
import { faultOf } from './fault-of.ts';
import type { PlatformCheck, SharedLayer } from './image-check.ts';
import { type Execution, type ImageEvidence, isUnstated, type PlatformEvidence } from './platform-evidence.ts';

type Executed = Extract<Execution, { kind: 'executed' }>;

/** Faults of files that a shell, unlike the kernel, takes for its own commands (POSIX, 2.9.1.4). */
const SHELL_TAKES: readonly FaultCode[] = ['script-no-shebang', 'empty-file'];

/**
 * The judgement on one platform of a reference. What the kernel model says of the actual bytes decides, as in the
 * playbook; metadata that disagree fail on their own account.
 */
export function judgePlatform(evidence: PlatformEvidence): PlatformCheck {
  const { image, platform } = evidence;
  if (image === null) return missing(evidence);
  if (image.kind === 'probe-failed') return unread(evidence, true, image.why);
  const { claimed, argv, execution } = image.value;
  const entrypoint = argv[0] ?? null;
  const conflict = !isUnstated(claimed) && !samePlatform(claimed, platform);
  if (conflict && claimed.os !== platform.os) return otherSystem(evidence, claimed, entrypoint);
  if (conflict && execution?.kind !== 'known') return disagreeing(evidence, claimed, entrypoint);
  if (execution === null) return notExecuted(evidence, image.value);
  const present = evidence.kind === 'index' || !conflict;
  if (execution.kind === 'probe-failed') return { ...unread(evidence, present, execution.why), entrypoint };
  if (execution.value.kind === 'unknown-user') {
    return { ...unknownUser(evidence, present, execution.value.user), entrypoint };
  }
  return { ...judgeStart(evidence, image.value, execution.value, conflict), entrypoint };
}

/** Nothing is known yet. The order is the one of the document. */
function base(evidence: PlatformEvidence, present: boolean): PlatformCheck {
  return {
    platform: formatPlatform(evidence.platform),
    present,
    digest: evidence.digest,
    pass: null,
    judged: false,
    fault: null,
    culprit: null,
    errno: null,
    entrypoint: null,
    because: '',
    sharedLayer: null,
    error: null,
  };
}

const failing = (fault: FaultCode, because: string, judged: boolean) =>
  ({ pass: false, judged, fault, because }) as const;

function missing(evidence: PlatformEvidence): PlatformCheck {
  const there = evidence.published.map((platform) => (platform ? formatPlatform(platform) : 'one that states none'));
  const list = there.length === 0 ? 'has no image at all' : `has ${[...new Set(there)].join(', ')}`;
  const because = `The index ${list}, and nothing for ${formatPlatform(evidence.platform)}.`;
  return { ...base(evidence, false), ...failing('platform-missing-from-index', because, false) };
}

function unread(evidence: PlatformEvidence, present: boolean, why: ProbeFailure): PlatformCheck {
  const because = `It could not be read: ${why.target}: ${why.message}`;
  return { ...base(evidence, present), because, error: why };
}

/** An index can say one thing of an image whose configuration says another; a manifest has only its configuration. */
function contradiction({ kind, platform }: PlatformEvidence, claimed: Platform): string {
  const own = formatPlatform(claimed);
  return kind === 'index'
    ? `The index lists it for ${formatPlatform(platform)}, its own configuration says ${own}.`
    : `The reference is a single image for ${own}, not for ${formatPlatform(platform)}.`;
}

function otherSystem(evidence: PlatformEvidence, claimed: Platform, entrypoint: string | null): PlatformCheck {
  const because = contradiction(evidence, claimed);
  return { ...base(evidence, evidence.kind === 'index'), ...failing('os-mismatch', because, false), entrypoint };
}

/** Nothing was executed that could tell which of the two is right. */
function disagreeing(evidence: PlatformEvidence, claimed: Platform, entrypoint: string | null): PlatformCheck {
  const isIndex = evidence.kind === 'index';
  const because = contradiction(evidence, claimed);
  const fault = isIndex ? 'wrong-metadata' : 'wrong-platform-image';
  return { ...base(evidence, isIndex), ...failing(fault, because, false), entrypoint };
}

function notExecuted(evidence: PlatformEvidence, { argv }: ImageEvidence): PlatformCheck {
  const { platform } = evidence;
  const entrypoint = argv[0] ?? null;
  const untold = { ...base(evidence, true), entrypoint };
  if (isUnstated(platform)) {
    const because = 'The image does not say which platform it is for, so there is none to judge it on.';
    return { ...untold, because };
  }
  if (platform.os !== 'linux') {
    const because = `It is published; whether it runs is not judged: the rules are those of Linux, this is for ${platform.os}.`;
    return { ...untold, because };
  }
  const because = 'There is nothing to execute: neither Entrypoint nor Cmd is set.';
  return { ...untold, pass: true, fault: 'none', because };
}

function unknownUser(evidence: PlatformEvidence, present: boolean, user: string): PlatformCheck {
  const because = `No runtime starts it: its user ${JSON.stringify(user)} is not in the image’s /etc/passwd or /etc/group.`;
  return { ...base(evidence, present), ...failing('not-exec-format', because, true) };
}

function judgeStart(
  evidence: PlatformEvidence,
  { claimed, shell }: ImageEvidence,
  execution: Executed,
  conflict: boolean,
): PlatformCheck {
  const outcome = shell?.alone ? decisive(execution) : execution.outcome;
  const present = evidence.kind === 'index' || !conflict;
  const start = { ...base(evidence, present), judged: true };
  if (outcome.outcome === 'runs' && outcome.fault === 'none') {
    if (!conflict) return { ...start, pass: true, fault: 'none', because: outcome.because };
    return { ...start, ...runsDespite(evidence, claimed, execution) };
  }
  const { sharedLayer } = execution;
  const fault = faultOf(outcome.fault, isUnstated(claimed) ? null : claimed, evidence.platform);
  const said = [outcome.because, conflict ? contradiction(evidence, claimed) : '', sharing(sharedLayer)];
  const because = said.filter((sentence) => sentence !== '').join(' ');
  const { culprit } = outcome;
  const errno = outcome.errno === null ? null : outcome.outcome;
  return { ...start, ...failing(fault, because, true), culprit, errno, sharedLayer };
}

/** What a shell is told to execute counts when it is all that the shell does, and nothing that the shell reads itself. */
function decisive({ outcome, inner }: Executed): Outcome {
  if (outcome.outcome !== 'runs' || outcome.fault !== 'none' || inner === null) return outcome;
  return SHELL_TAKES.includes(inner.fault) ? outcome : inner;
}

/** The kernel takes it although the metadata are for another platform: the file tells which of the two is wrong. */
function runsDespite(evidence: PlatformEvidence, claimed: Platform, { program, outcome }: Executed) {
  const { platform } = evidence;
  const contradicts = contradiction(evidence, claimed);
  const is = program && `${program.name} is ${program.is.what}`;
  if (program !== null && program.is.architecture !== platform.architecture) {
    const because = `${contradicts} ${is}: it runs here only because such hosts usually run those programs too.`;
    return { ...failing('wrong-platform-image', because, true), culprit: program.name };
  }
  const fits = `The files fit ${formatPlatform(platform)}${is === null ? '' : ` (${is})`}, the image’s own metadata do not.`;
  return { ...failing('wrong-metadata', `${contradicts} ${fits}`, true), culprit: outcome.culprit };
}

function sharing(layer: SharedLayer | null): string {
  if (layer === null) return '';
  const others = layer.with.join(', ');
  return `Its layer ${layer.digest.slice(0, 19)}… is the very same in ${others}: it was built once and put into both.`;
}
