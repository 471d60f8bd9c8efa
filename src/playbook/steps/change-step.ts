import { formatPlatform } from '../../image/platform.ts';
import { commandsFor } from '../commands.ts';
import type { EarlierRun } from '../evidence.ts';
import { explainBuild } from '../explain-build.ts';
import type { Finding } from '../finding.ts';
import { type InstanceEvidence, pulledDigest, type RollbackCandidate, repositoryOf } from '../instance-evidence.ts';
import { explainHistory } from './history-finding.ts';
import { type InstanceStep, probeFailed, type StepPart } from './step.ts';

/** What changed: the image that is there now, and those that were before, each tried on this host by the kernel model. */
export const changeStep: InstanceStep = {
  id: 'change',
  title: 'What changed',
  needs: ['instance', 'localImage', 'candidates', 'build', 'provenance', 'history'],
  explain,
};

function explain(evidence: InstanceEvidence): StepPart {
  const { status, findings } = explainImages(evidence);
  return { status, findings: [...findings, ...explainHistory(evidence)] };
}

function explainImages(evidence: InstanceEvidence): StepPart {
  const { place, cli, instance, localImage, candidates } = evidence;
  if (instance.kind === 'probe-failed') return { status: 'skipped', findings: [] };
  const repository = repositoryOf(instance.value.imageReference);
  const commands = commandsFor(place, cli);
  const command = commands.images(repository);
  const findings: Finding[] = [];
  if (localImage.kind === 'known') {
    const image = localImage.value;
    findings.push({
      check: 'Deployed now',
      command: commands.created,
      observed: `${instance.value.imageReference} ${pulledDigest(image, repository) ?? image.id} (${formatPlatform(image.platform)}), container created ${instance.value.createdAt}`,
      meaning: `This is the image that came with the change${image.createdAt ? `; it was built ${image.createdAt}` : ''}.`,
      decision: 'Compare with what ran before.',
      where: place,
    });
  }
  findings.push(...explainBuild(evidence));
  if (candidates.kind === 'probe-failed') {
    findings.push(probeFailed('Earlier images', command, candidates.why, place));
    return { status: 'unknown', findings };
  }
  const list = candidates.value;
  const usable = list.filter((candidate) => candidate.unusableBecause === null);
  findings.push({
    check: 'Earlier images',
    command,
    observed: list.length > 0 ? list.map(describeCandidate).join('\n') : 'none known on this host or in the registry',
    meaning:
      usable.length > 0
        ? `${usable.length} of ${list.length} would start on this host.`
        : 'None of them is proved to start on this host.',
    decision:
      usable.length > 0 ? 'A rollback by digest is possible.' : 'A rollback is not offered: rebuild for this host.',
    where: place,
  });
  return { status: usable.length > 0 ? 'ok' : 'unknown', findings };
}

function describeCandidate(candidate: RollbackCandidate): string {
  const name = candidate.knownAs ? `${candidate.knownAs} ${candidate.digest}` : candidate.digest;
  const { ran } = candidate;
  const until = ran ? `, ran here ${ran.endedAt ? `until ${ran.endedAt}` : 'and still does'} (${lasting(ran)})` : '';
  const origin = candidate.wasHere ? 'was pulled here before' : 'in the registry';
  return `${name} (${candidate.platform ?? 'platform unknown'}, ${origin}${until}): ${candidate.unusableBecause ?? 'would start here'}`;
}

const HOUR_MS = 3_600_000;

/** For how long it ran: `12 d`, `3 h`, `under an hour`. */
function lasting({ startedAt, endedAt }: EarlierRun): string {
  if (endedAt === null) return `since ${startedAt}`;
  const hours = Math.floor((Date.parse(endedAt) - Date.parse(startedAt)) / HOUR_MS);
  if (hours < 1) return 'for under an hour';
  return hours < 48 ? `for ${hours} h` : `for ${Math.floor(hours / 24)} d`;
}
