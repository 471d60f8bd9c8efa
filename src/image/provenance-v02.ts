import { asObject, asText, type JsonObject } from './json-values.ts';
import { oneLine } from './one-line.ts';
import { basesIn, builderPlatformOf, firstSource, type PredicateFacts, timeOf } from './provenance-facts.ts';
import { readSourceLocation, withoutLogin } from './source-location.ts';

/** Where BuildKit puts what the format has no place for (moby/buildkit docs/attestations/slsa-definitions.md). */
const BUILDKIT_METADATA = 'https://mobyproject.org/buildkit@v1#metadata';

/** Reads the predicate of `https://slsa.dev/provenance/v0.2`, as BuildKit, GitLab and slsa-github-generator write it. */
export function readProvenanceV02(predicate: JsonObject): PredicateFacts {
  const invocation = asObject(predicate.invocation) ?? {};
  const environment = asObject(invocation.environment) ?? {};
  const metadata = asObject(predicate.metadata) ?? {};
  const configSource = asObject(invocation.configSource);
  const vcs = asObject(asObject(metadata[BUILDKIT_METADATA])?.vcs);
  return {
    format: 'slsa-v0.2',
    builder: withoutLogin(asText(asObject(predicate.builder)?.id)),
    buildType: oneLine(asText(predicate.buildType)),
    invocation: oneLine(asText(metadata.buildInvocationID) ?? asText(metadata.buildInvocationId)),
    runner: oneLine(asText(environment.name)),
    builderPlatform: builderPlatformOf(
      asText(environment.platform),
      asText(environment.architecture) ?? asText(environment.arch),
      asText(environment.os),
    ),
    bases: basesIn(predicate.materials),
    source: firstSource(
      [configSource],
      readSourceLocation(asText(vcs?.source), asText(vcs?.revision)),
      predicate.materials,
    ),
    startedAt: timeOf(metadata.buildStartedOn),
    finishedAt: timeOf(metadata.buildFinishedOn),
  };
}
