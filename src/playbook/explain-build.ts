import type { BuildEvidence } from './build-evidence.ts';
import type { Finding } from './finding.ts';
import type { InstanceEvidence } from './instance-evidence.ts';
import { judgeBuild } from './judge-build.ts';
import { probeFailed } from './steps/step.ts';

/** Which build made the image, where it really ran, and what contradicts that. Empty when no CI server is configured. */
export function explainBuild({ place, build, provenance }: InstanceEvidence): readonly Finding[] {
  const attested = explainProvenance(provenance, place);
  if (build.kind === 'probe-failed') {
    // Nothing was looked for where the files are in order.
    if (build.why.code === 'unsupported') return attested;
    return [probeFailed('The build', 'the CI server’s pipelines', build.why, place), ...attested];
  }
  return build.value ? [ofBuild(build.value, place), ...attested] : attested;
}

function ofBuild(build: BuildEvidence, where: InstanceEvidence['place']): Finding {
  const { job, run, matchedBy, log } = build;
  const { because, architecture, contradictions } = judgeBuild(build);
  const said =
    log.kind === 'known' ? log.value.claims.slice(0, 3).map(({ line }) => `line ${line.number}: ${line.text}`) : [];
  const runner = job.runner ? `on ${job.runner.name}` : 'on an unknown runner';
  const ran = architecture === null ? 'Where it ran is unknown' : `It ran on ${architecture}`;
  return {
    check: 'The build',
    command: job.url,
    observed: [
      `job ${job.name} of ${run.ref} (${run.revision.slice(0, 12)}, found by ${matchedBy}), ${job.status}, ${runner}`,
      ...said,
    ].join('\n'),
    meaning: [`${ran}: ${because}.`, ...contradictions].join(' '),
    decision:
      contradictions.length > 0
        ? 'The log and the runner contradict each other: believe the runner.'
        : 'Compare it with the build of the image that ran.',
    where,
  };
}

function explainProvenance(
  provenance: InstanceEvidence['provenance'],
  where: InstanceEvidence['place'],
): readonly Finding[] {
  if (provenance.kind === 'probe-failed' || provenance.value === null) return [];
  const { builder, builderPlatform, source, finishedAt } = provenance.value;
  const on = builderPlatform ? `${builderPlatform.os}/${builderPlatform.architecture}` : 'an unstated platform';
  const of = source?.revision ? ` of ${source.revision.slice(0, 12)}` : '';
  return [
    {
      check: 'Attested build',
      command: 'docker buildx imagetools inspect IMAGE --format "{{json .Provenance}}"',
      observed: `built on ${on}${of}${finishedAt ? `, ${finishedAt}` : ''}${builder ? `, by ${builder}` : ''}`,
      meaning: 'The builder’s own attestation; its signature was not checked.',
      decision: 'Compare it with the host.',
      where,
    },
  ];
}
