import type { Finding } from './finding.ts';
import { type InstanceEvidence, pulledDigest, repositoryOf } from './instance-evidence.ts';
import { describePlace } from './place.ts';
import type { Verdict } from './verdict.ts';

/** One instance with its judgement. */
export interface JudgedInstance {
  readonly evidence: InstanceEvidence;
  readonly verdict: Verdict;
}

/** Named in a sentence; the rest is counted. */
const NAMED = 5;

const nameOf = ({ evidence }: JudgedInstance) => describePlace(evidence.place);

function list(instances: readonly JudgedInstance[]): string {
  const names = instances.slice(0, NAMED).map(nameOf);
  const more = instances.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What is the same about instances, in a few words. */
const kindOf = ({ verdict }: JudgedInstance): string =>
  verdict.outcome === 'runs'
    ? 'run'
    : verdict.outcome === 'inconclusive'
      ? 'unknown'
      : `${verdict.fault}${verdict.origin.kind === 'unknown' ? '' : ` (${verdict.origin.kind})`}`;

function digestOf({ instance, localImage }: InstanceEvidence): string | null {
  if (instance.kind === 'probe-failed' || localImage.kind === 'probe-failed') return null;
  return pulledDigest(localImage.value, repositoryOf(instance.value.imageReference));
}

/** Those that run, and have the image that fails elsewhere lying there already: they break when they are created anew. */
function atRisk(judged: readonly JudgedInstance[]): readonly JudgedInstance[] {
  const bad = new Set(
    judged.filter(({ verdict }) => verdict.outcome === 'will-not-run').map(({ evidence }) => digestOf(evidence)),
  );
  return judged.filter(({ evidence, verdict }) => {
    if (verdict.outcome !== 'runs' || evidence.candidates.kind === 'probe-failed') return false;
    return evidence.candidates.value.some(
      ({ wasHere, digest, unusableBecause }) => wasHere && unusableBecause !== null && bad.has(digest),
    );
  });
}

/** Several instances, grouped by what is the same: `11 of 12 run; 1 of 12: wrong-platform-image …`. Empty for a single one. */
export function explainInstances(target: string, judged: readonly JudgedInstance[]): readonly Finding[] {
  if (judged.length < 2) return [];
  const groups = Map.groupBy(judged, kindOf);
  const lines = [...groups].map(([kind, members]) => `${members.length} of ${judged.length} ${kind}: ${list(members)}`);
  const failing = judged.filter(({ verdict }) => verdict.outcome === 'will-not-run');
  const risk = atRisk(judged);
  const warning =
    risk.length > 0
      ? ` ${list(risk)} ${risk.length === 1 ? 'runs' : 'run'} an older image, but the failing one lies there already.`
      : '';
  return [
    {
      check: 'All instances',
      command: `execfmt diagnose ${target} --json`,
      observed: lines.join('\n'),
      meaning: `${meaningOf(groups.size, failing.length, judged.length)}${warning}`,
      decision:
        risk.length > 0
          ? 'Do not restart or recreate those before it is mended: they would break too.'
          : 'Begin with the group that fails.',
    },
  ];
}

function meaningOf(groups: number, failing: number, all: number): string {
  if (groups === 1) return failing === all ? 'All of them fail in the same way.' : 'All of them are alike.';
  return failing === 0
    ? 'None of them is known to fail.'
    : `${failing} of ${all} fail: what is different about them is the cause.`;
}
