import type { HistoryStep } from '../../image/history.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import type { Origin } from '../verdict.ts';

/** The step of the image's history that most likely brought a file: the last COPY or ADD to it or to a directory above it. */
function broughtBy(history: readonly HistoryStep[], file: string): HistoryStep | null {
  const covers = ({ destination }: HistoryStep) => {
    const to = destination?.replace(/\/+$/, '');
    return to !== undefined && (file === to || file.startsWith(`${to}/`));
  };
  return history.findLast(covers) ?? null;
}

const CACHE = /--cache-from|--cache-to|--cache-repo|--cache=true|type=(?:gha|registry|s3|local)|actions\/cache/;
const NAMES_ARCHITECTURE =
  /amd64|arm64|x86|aarch64|TARGETARCH|TARGETPLATFORM|\{\{ ?arch|runner\.arch|CI_RUNNER_EXECUTABLE_ARCH/i;

/** A cache that the build used, whose name does not tell architectures apart; null when there is none. */
function blindCache({ build }: InstanceEvidence): string | null {
  if (build.kind !== 'known' || build.value === null || build.value.log.kind !== 'known') return null;
  const commands = build.value.log.value.commands.map(({ text }) => text);
  return commands.find((text) => CACHE.test(text) && !NAMES_ARCHITECTURE.test(text)) ?? null;
}

/** How a foreign file came into an image whose metadata, and whose other programs, fit. */
export function originOfForeignFile(evidence: InstanceEvidence, culprit: string | null): Origin | null {
  const cache = blindCache(evidence);
  if (cache) {
    const because = `the build used a cache that does not tell architectures apart (“${cache}”), and ${culprit ?? 'the file'} is of another one than the image`;
    return { kind: 'cache-without-arch', confidence: 'likely', because };
  }
  const { imageConfig, shared } = evidence;
  const sharing = shared.kind === 'known' ? shared.value : null;
  if (sharing) {
    const because = `the layer ${sharing.layer} with ${culprit ?? 'the file'} is the same in ${sharing.platforms.join(' and ')}: it was built once and copied into each`;
    return { kind: 'stage-copied-wrong-file', confidence: 'likely', because };
  }
  if (imageConfig.kind !== 'known' || culprit === null) return null;
  const step = broughtBy(imageConfig.value.history, culprit);
  if (!step) return null;
  const because = `the image fits the host, and ${step.instruction} to ${step.destination} brought in a file that does not: a stage, a download or an artifact of another architecture`;
  return { kind: 'stage-copied-wrong-file', confidence: 'likely', because };
}
