import { formatPlatform, samePlatform } from '../../image/platform.ts';
import { commandsFor } from '../commands.ts';
import type { Finding } from '../finding.ts';
import { type InstanceEvidence, repositoryOf } from '../instance-evidence.ts';
import { type InstanceStep, probeFailed, type StepPart } from './step.ts';

/** Step 2: the image as it was pulled. Its metadata is a claim; step 4 looks at the file. */
export const imageStep: InstanceStep = {
  id: 'image',
  title: 'The image as pulled',
  needs: ['host', 'instance', 'localImage'],
  explain,
};

function explain({ place, cli, host, instance, localImage }: InstanceEvidence): StepPart {
  const commands = commandsFor(place, cli);
  if (instance.kind === 'probe-failed') {
    const finding = probeFailed('Container', commands.container, instance.why, place);
    return { status: 'unknown', findings: [finding] };
  }
  const { imageReference, imageId } = instance.value;
  const check = 'Platform of the local image';
  const command = commands.image(imageReference);
  if (localImage.kind === 'probe-failed') {
    return { status: 'unknown', findings: [probeFailed(check, command, localImage.why, place)] };
  }
  const image = localImage.value;
  const claims = formatPlatform(image.platform);
  const digest =
    image.repoDigests.find((name) => name.startsWith(`${repositoryOf(imageReference)}@`)) ?? image.repoDigests[0];
  const observed = `${claims} ${digest ?? `${imageId} (no digest: built or loaded on this host)`}`;
  const finding = (meaning: string, decision: string): Finding => ({
    check,
    command,
    observed,
    meaning,
    decision,
    where: place,
  });
  if (host.kind === 'probe-failed') {
    const meaning = `The image says that it is for ${claims}; whether that fits is unknown.`;
    return { status: 'unknown', findings: [finding(meaning, 'Look at the file that is executed.')] };
  }
  const fits = samePlatform(image.platform, host.value.platform);
  const wants = formatPlatform(host.value.platform);
  return fits
    ? {
        status: 'ok',
        findings: [
          finding(
            `By its own word the image fits the host (${wants}).`,
            'Metadata is a claim: look at the file that is executed.',
          ),
        ],
      }
    : {
        status: 'problem',
        findings: [
          finding(
            `The image is for ${claims}, the host is ${wants}: without emulation it cannot run.`,
            'Prove it on the file, then go back to a digest that fits, or publish a correct image.',
          ),
        ],
      };
}
