import type { Finding } from '../finding.ts';
import type { Remedy, Verdict } from '../verdict.ts';
import type { StepPart } from './step.ts';

/**
 * The last step: the verdict, and the ways out in their order, those that would not help said plainly. `reference` is the image as
 * the instance names it, for the commands; null when none could be inspected.
 */
export function explainDecision(
  target: string,
  reference: string | null,
  verdict: Verdict,
  remedies: readonly Remedy[],
): StepPart {
  const judgement: Finding = {
    check: 'Verdict',
    command: `execfmt diagnose ${target} --json`,
    observed: verdict.summary,
    meaning: `${verdict.fault ?? 'fault unknown'} (${verdict.confidence}); origin: ${verdict.origin.kind} (${verdict.origin.confidence}): ${verdict.origin.because}`,
    decision: decisionOf(verdict, remedies),
  };
  const status = verdict.outcome === 'runs' ? 'ok' : verdict.outcome === 'inconclusive' ? 'unknown' : 'problem';
  return { status, findings: [judgement, ...remedies.map((remedy) => explainRemedy(remedy, reference))] };
}

function decisionOf(verdict: Verdict, remedies: readonly Remedy[]): string {
  if (verdict.outcome === 'runs') return 'Nothing to fix here.';
  const helps = remedies.filter((remedy) => remedy.fit !== 'useless').map((remedy) => remedy.kind);
  return helps.length > 0
    ? `In this order: ${helps.join(', then ')}.`
    : 'No remedy is known to help: gather what is missing and run again.';
}

const COMMANDS: Readonly<Record<Remedy['kind'], string>> = {
  'rollback-to-digest': 'docker pull IMAGE && docker run … IMAGE',
  rebuild: 'docker buildx build --platform PLATFORM --tag IMAGE --push .',
  'pull-platform': 'docker pull --platform PLATFORM IMAGE',
  'schedule-to-arch': 'docker run … (on a host of the image’s platform)',
  repull: 'docker rmi IMAGE && docker pull IMAGE',
  'enable-emulation': 'apt-get install qemu-user-static binfmt-support',
  'fix-file': '(in the image’s build)',
  'replace-node': '(on the host)',
};

/** The same for a workload of a cluster: WORKLOAD is `-n docs deployment/pdf-renderer`. */
const ON_KUBERNETES: Partial<Readonly<Record<Remedy['kind'], string>>> = {
  'rollback-to-digest': 'kubectl set image WORKLOAD CONTAINER=IMAGE',
  'pull-platform': 'kubectl rollout restart WORKLOAD',
  'schedule-to-arch': `kubectl patch WORKLOAD --patch '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/arch":"ARCH"}}}}}'`,
  repull: 'kubectl rollout restart WORKLOAD',
  'enable-emulation': '(on every node that it may be scheduled to)',
  'replace-node': 'kubectl drain NODE',
};

/** The command as a person would type it, its names filled in. */
function commandOf({ kind, where, image, platform }: Remedy, reference: string | null): string {
  const place = where?.kind === 'kubernetes' ? where : null;
  return ((place && ON_KUBERNETES[kind]) ?? COMMANDS[kind])
    .replaceAll('IMAGE', image ?? reference ?? 'IMAGE')
    .replace('PLATFORM', platform ?? 'PLATFORM')
    .replace('ARCH', platform?.split('/')[1] ?? 'ARCH')
    .replace('WORKLOAD', place ? `-n ${place.namespace} ${place.workload}` : 'WORKLOAD')
    .replace('CONTAINER', place?.container ?? 'CONTAINER')
    .replace('NODE', place?.node ?? 'NODE');
}

function explainRemedy(remedy: Remedy, reference: string | null): Finding {
  return {
    check: `Remedy: ${remedy.kind}`,
    command: commandOf(remedy, reference),
    observed: remedy.digest ? `${remedy.knownAs ? `${remedy.knownAs} ` : ''}${remedy.digest}` : remedy.fit,
    meaning: remedy.because,
    decision: { fixes: 'It fixes this.', mitigates: 'It helps for now.', useless: 'It would not help.' }[remedy.fit],
    ...(remedy.where && { where: remedy.where }),
  };
}
