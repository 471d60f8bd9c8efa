import { formatPlatform, type Platform } from '../../image/platform.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { judgeBuild } from '../judge-build.ts';
import type { Origin } from '../verdict.ts';

/** Labels that Docker Desktop and its extensions leave. */
const DESKTOP_LABEL = /^(?:desktop\.docker\.(?:io|com)|com\.docker\.desktop)/;

/**
 * How an image for `platform` came about, by what the CI server, the builder's own attestation and the image's labels tell of its
 * build. What the CI server knows of the runner wins over what a log says.
 */
export function originByBuild(evidence: InstanceEvidence, platform: Platform): Origin | null {
  return byCi(evidence, platform) ?? byAttestation(evidence, platform) ?? byLaptop(evidence);
}

function byCi({ build }: InstanceEvidence, platform: Platform): Origin | null {
  if (build.kind !== 'known' || build.value === null) return null;
  const { architecture, because, asked, contradictions, confidence } = judgeBuild(build.value);
  // A build that asked for this platform got what it asked for, wherever it ran.
  if (architecture !== platform.architecture || asked.includes(platform.architecture)) return null;
  const { job, run } = build.value;
  const against = contradictions.length > 0 ? ` ${contradictions.join(' ')}` : '';
  return {
    kind: 'built-on-other-arch',
    confidence,
    because: `${because}: the job ${job.name} of ${run.ref} built it there (${job.url}).${against}`,
  };
}

function byAttestation({ provenance }: InstanceEvidence, platform: Platform): Origin | null {
  if (provenance.kind !== 'known' || provenance.value === null) return null;
  const { builderPlatform, builder } = provenance.value;
  if (builderPlatform?.architecture !== platform.architecture) return null;
  const where = builder ? ` (${builder})` : '';
  const because = `its builder attests that it was built on ${formatPlatform(builderPlatform)}${where}`;
  return { kind: 'built-on-other-arch', confidence: 'likely', because };
}

/** Pushed by hand: what an image says of a laptop, or that no pipeline of the project made it. */
function byLaptop({ imageConfig, build }: InstanceEvidence): Origin | null {
  if (imageConfig.kind !== 'known') return null;
  const label = Object.keys(imageConfig.value.labels).find((name) => DESKTOP_LABEL.test(name));
  if (label) {
    const because = `its label ${label} is Docker Desktop’s: it was built on somebody’s own machine`;
    return { kind: 'laptop-push', confidence: 'likely', because };
  }
  if (build.kind !== 'probe-failed' || build.why.code !== 'not-found') return null;
  const because = `no pipeline of the project built it (${build.why.message}): somebody pushed it by hand`;
  return { kind: 'laptop-push', confidence: 'possible', because };
}
