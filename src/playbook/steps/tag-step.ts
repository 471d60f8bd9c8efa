import { formatPlatform, samePlatform } from '../../image/platform.ts';
import type { PublishedImage } from '../../image/published.ts';
import type { Finding } from '../finding.ts';
import { type InstanceEvidence, pulledDigest, repositoryOf } from '../instance-evidence.ts';
import { type InstanceStep, probeFailed, type StepPart } from './step.ts';

/** Step 3: what the tag points to now, against what was pulled. */
export const tagStep: InstanceStep = {
  id: 'tag',
  title: 'What the tag points to',
  needs: ['host', 'instance', 'localImage', 'published'],
  explain,
};

function explain(evidence: InstanceEvidence): StepPart {
  const { place, instance, published } = evidence;
  if (instance.kind === 'probe-failed') return { status: 'skipped', findings: [] };
  const reference = instance.value.imageReference;
  const command = `docker buildx imagetools inspect ${reference}`;
  if (published.kind === 'probe-failed') {
    return { status: 'unknown', findings: [probeFailed('Published image', command, published.why, place)] };
  }
  const parts = [explainKind(evidence, published.value, command), explainDrift(evidence, published.value, command)];
  const problem = parts.some((part) => part?.status === 'problem');
  return { status: problem ? 'problem' : 'ok', findings: parts.flatMap((part) => (part ? [part.finding] : [])) };
}

type Part = { status: 'ok' | 'problem'; finding: Finding };

function explainKind({ place, host }: InstanceEvidence, image: PublishedImage, command: string): Part {
  const platforms = image.entries.map((entry) =>
    entry.platform ? formatPlatform(entry.platform) : 'unstated platform',
  );
  const finding = (meaning: string, decision: string): Finding => ({
    check: 'Platforms behind the tag',
    command,
    observed: `${image.kind} ${image.digest}: ${platforms.join(', ') || 'no platform'}`,
    meaning,
    decision,
    where: place,
  });
  const single = image.kind === 'manifest';
  const shape = single
    ? 'The tag is one manifest for one platform, no index'
    : `The tag is an index of ${platforms.length}`;
  if (host.kind === 'probe-failed') {
    return { status: 'ok', finding: finding(`${shape}.`, 'Compare with the host once it answers.') };
  }
  const wants = formatPlatform(host.value.platform);
  const fits = image.entries.some((entry) => entry.platform && samePlatform(entry.platform, host.value.platform));
  if (!fits) {
    return {
      status: 'problem',
      finding: finding(
        `${shape}, and nothing in it is for ${wants}.`,
        `Pulling again cannot help: publish ${wants} under this tag.`,
      ),
    };
  }
  return {
    status: 'ok',
    finding: finding(
      `${shape}; it offers ${wants}.`,
      'If the wrong variant runs here, it was forced, is stale, or its contents lie.',
    ),
  };
}

function explainDrift(
  { place, instance, localImage }: InstanceEvidence,
  image: PublishedImage,
  command: string,
): Part | null {
  if (instance.kind === 'probe-failed' || localImage.kind === 'probe-failed') return null;
  const pulled = pulledDigest(localImage.value, repositoryOf(instance.value.imageReference));
  if (!pulled) return null;
  const same = pulled === image.digest || image.entries.some((entry) => entry.digest === pulled);
  return {
    status: 'ok',
    finding: {
      check: 'Local image against the tag',
      command,
      observed: same ? `both ${pulled}` : `pulled ${pulled}, tag now ${image.digest}`,
      meaning: same ? 'The host runs what the tag points to now.' : 'The tag has moved since this host pulled it.',
      decision: same
        ? 'The published image itself is to be judged.'
        : 'Judge both: the one that runs here and the one that the next pull brings.',
      where: place,
    },
  };
}
