import { formatPlatform } from '../../image/platform.ts';
import { commandsFor } from '../commands.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { type InstanceStep, probeFailed, type StepPart } from './step.ts';

/** Step 1: what the host really is. "It's x86" is often folklore. */
export const hostStep: InstanceStep = { id: 'host', title: 'What the host really is', needs: ['host'], explain };

function explain({ place, cli, host }: InstanceEvidence): StepPart {
  const check = 'Host architecture';
  const command = commandsFor(place, cli).host;
  if (host.kind === 'probe-failed') {
    return { status: 'unknown', findings: [probeFailed(check, command, host.why, place)] };
  }
  const { machine, platform, kernelVersion, operatingSystem, engine, runtime, remarks = [] } = host.value;
  return {
    status: 'ok',
    findings: [
      {
        check,
        command,
        observed: `${platform.os} ${machine} ${kernelVersion}`,
        meaning: [
          `The host executes ${formatPlatform(platform)} (${operatingSystem}, ${engine}, ${runtime}).`,
          ...remarks,
        ].join(' '),
        decision: `Whatever is executed here must be built for ${formatPlatform(platform)}.`,
        where: place,
      },
    ],
  };
}
