import { formatPlatform, samePlatform } from '../image/platform.ts';
import type { PublishedImage } from '../image/published.ts';
import type { Answer, ProbeFailure } from './answer.ts';
import { findCommand } from './commands.ts';
import type { HostFacts } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Place } from './place.ts';
import type { StepPart } from './steps/step.ts';
import { type Remedy, UNKNOWN_ORIGIN, type Verdict } from './verdict.ts';

/** A host or cluster where a target was looked for in vain, or that could not be asked. */
export interface Absence {
  readonly estate: string;
  readonly name: string;
  readonly kind: Place['kind'];
  /** How a person reaches it on the command line. */
  readonly cli: string;
  readonly why: ProbeFailure;
  /** What would be created there, where that is known: the service's image, and the host. */
  readonly wanted: Wanted | null;
}

export interface Wanted {
  readonly place: Place;
  readonly reference: string;
  readonly published: Answer<PublishedImage>;
  readonly host: Answer<HostFacts>;
}

/** What was not found or did not answer, as findings of the first step. */
export function explainAbsence(absent: readonly Absence[]): StepPart {
  return {
    status: 'unknown',
    findings: absent.map(
      ({ estate, name, kind, cli, why }): Finding => ({
        check: `Looking for ${name} on ${estate}`,
        command: findCommand(kind, cli, name),
        observed: `${why.target}: ${why.message}`,
        meaning:
          why.code === 'not-found'
            ? 'There is nothing to look at there.'
            : `What ${estate} runs is unknown (${why.code}).`,
        decision:
          why.code === 'not-found'
            ? 'Deploy it, or correct the name in the configuration.'
            : 'See to that host, then run again.',
      }),
    ),
  };
}

/** What a pull on that host would answer: there is nothing for it behind the tag. Null when there is, or nobody knows. */
function refusedPull({ name, estate, wanted }: Absence): Verdict | null {
  if (!wanted || wanted.published.kind === 'probe-failed' || wanted.host.kind === 'probe-failed') return null;
  const { entries, kind } = wanted.published.value;
  const host = wanted.host.value.platform;
  const platforms = entries.flatMap(({ platform }) => (platform ? [platform] : []));
  if (platforms.length === 0 || platforms.some((platform) => samePlatform(platform, host))) return null;
  const otherSystem = platforms.every(({ os }) => os !== host.os);
  // Engines pull a single manifest whatever its architecture.
  if (kind === 'manifest' && !otherSystem) return null;
  const has = platforms.map(formatPlatform).join(', ');
  return {
    outcome: 'will-not-run',
    fault: otherSystem ? 'os-mismatch' : 'platform-missing-from-index',
    culprit: null,
    errno: null,
    confidence: 'likely',
    origin: UNKNOWN_ORIGIN,
    summary: `${name} does not exist on ${estate}, and ${wanted.reference} could not be pulled there: it has ${has}, the host is ${formatPlatform(host)}.`,
  };
}

/** The ways out when nothing could be pulled: another image has to be published. */
export function remediesOfAbsence(absence: Absence): readonly Remedy[] {
  const { wanted } = absence;
  if (!wanted || wanted.host.kind === 'probe-failed' || !refusedPull(absence)) return [];
  const platform = formatPlatform(wanted.host.value.platform);
  const where = wanted.place;
  return [
    {
      kind: 'rebuild',
      fit: 'fixes',
      because: `The clean fix: build and publish an image that has ${platform}.`,
      platform,
      where,
    },
    {
      kind: 'pull-platform',
      fit: 'useless',
      because: `The tag has no ${platform}: there is nothing to pull.`,
      platform,
      where,
    },
  ];
}

/** A place that could not be looked at makes a run inconclusive, unless another place is worse, or nothing could be pulled there. */
export function judgeAbsence(absence: Absence): Verdict {
  const { estate, name, why } = absence;
  const refused = refusedPull(absence);
  if (refused) return refused;
  return {
    outcome: 'inconclusive',
    fault: null,
    culprit: null,
    errno: null,
    confidence: 'possible',
    origin: { kind: 'unknown', confidence: 'possible', because: 'nothing could be gathered there' },
    summary: `${name} on ${estate} could not be looked at: ${why.message}`,
  };
}
