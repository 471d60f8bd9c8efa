import { asObject, asText, type JsonObject } from './json-values.ts';
import { oneLine } from './one-line.ts';
import { basesIn, builderPlatformOf, firstSource, type PredicateFacts, timeOf } from './provenance-facts.ts';
import { readSourceLocation, type SourceLocation, withoutLogin } from './source-location.ts';

/** Reads the predicate of `https://slsa.dev/provenance/v1`, as BuildKit, GitHub and GitLab write it. */
export function readProvenanceV1(predicate: JsonObject): PredicateFacts {
  const definition = asObject(predicate.buildDefinition) ?? {};
  const external = asObject(definition.externalParameters) ?? {};
  const internal = asObject(definition.internalParameters) ?? {};
  const run = asObject(predicate.runDetails) ?? {};
  const metadata = asObject(run.metadata) ?? {};
  const vcs = asObject(asObject(metadata.buildkit_metadata)?.vcs);
  const stated = readSourceLocation(asText(vcs?.source) ?? asText(external.source), asText(vcs?.revision));
  return {
    format: 'slsa-v1',
    builder: withoutLogin(asText(asObject(run.builder)?.id)),
    buildType: oneLine(asText(definition.buildType)),
    // The specification writes invocationId, BuildKit wrote invocationID for a while.
    invocation: withoutLogin(asText(metadata.invocationId) ?? asText(metadata.invocationID)),
    runner: oneLine(asText(internal.name) ?? asText(asObject(internal.github)?.runner_environment)),
    builderPlatform: builderPlatformOf(asText(internal.builderPlatform), asText(internal.architecture), null),
    bases: basesIn(definition.resolvedDependencies),
    source: ofWorkflow(
      asObject(external.workflow),
      firstSource([asObject(external.configSource)], stated, definition.resolvedDependencies),
    ),
    startedAt: timeOf(metadata.startedOn),
    finishedAt: timeOf(metadata.finishedOn),
  };
}

/** GitHub names the repository and the ref of the workflow; the commit stands among the dependencies. */
function ofWorkflow(workflow: JsonObject | null, found: SourceLocation | null): SourceLocation | null {
  const repository = withoutLogin(asText(workflow?.repository));
  if (repository === null) return found;
  const revision = found?.repository === null || found?.repository === repository ? found.revision : null;
  return { repository, ref: oneLine(asText(workflow?.ref)), revision };
}
