import { formatPlatform, type Platform, samePlatform } from '../image/platform.ts';
import { selectPlatform } from '../image/select-platform.ts';
import type { FaultCode } from '../kernel/outcome.ts';
import type { Finding } from './finding.ts';
import type { InstanceEvidence } from './instance-evidence.ts';
import type { OriginCode, Verdict } from './verdict.ts';

/** What prevents the next one: why, and the lines to paste. */
interface Hint {
  readonly what: string;
  readonly why: string;
  readonly lines: string;
}

/** `lines` with the words IMAGE, PLATFORM, PLATFORMS and ARCH to be filled in. */
function hint(what: string, why: string, ...lines: readonly string[]): Hint {
  return { what, why, lines: lines.join('\n') };
}

const MULTI_PLATFORM = hint(
  'publish every platform under one tag',
  'One index serves every host; a single manifest serves whoever was built last.',
  'docker buildx build --platform PLATFORMS --tag IMAGE --push .',
);
const GUARD = hint(
  'check what was published before it is deployed',
  'The pipeline fails where the host would.',
  'execfmt check IMAGE --platform PLATFORM',
);
const PINNED_RUNNER = hint(
  'pin the runner’s architecture',
  'A pool with runners of both kinds builds whatever is free.',
  '# .gitlab-ci.yml',
  'build:',
  '  tags: [ARCH]',
  '# .github/workflows/build.yml',
  'runs-on: ubuntu-24.04   # arm: ubuntu-24.04-arm',
);
const TARGET_ARGUMENTS = hint(
  'build and download for the target, not for the build machine',
  'A pinned stage or a fixed download copies one architecture into every image.',
  'FROM --platform=$BUILDPLATFORM golang AS build',
  'ARG TARGETOS TARGETARCH',
  'RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app .',
  'FROM alpine',
  'COPY --from=build /out/app /app',
);
const CACHE_KEY = hint(
  'put the architecture into the cache’s key',
  'Artifacts of another architecture fit the key, and no host.',
  'cache:',
  '  key: "$CI_COMMIT_REF_SLUG-$CI_RUNNER_EXECUTABLE_ARCH"',
  '# buildx: --cache-to type=registry,ref=IMAGE-cache-ARCH',
);
const DIGESTS = hint(
  'deploy digests, and let only the pipeline push release tags',
  'Tags move; digests do not.',
  'docker buildx imagetools inspect IMAGE --format "{{.Manifest.Digest}}"',
  '# deploy: REPOSITORY@sha256:…',
);
const NO_FORCED_PLATFORM = hint(
  'take the forced platform away',
  'It is a hidden policy, and the engine chooses the right entry by itself.',
  'grep -rn "platform:" compose*.yaml; env | grep DOCKER_DEFAULT_PLATFORM',
);
const WHOLE_INDEX = hint(
  'let the mirror copy whole indexes',
  'By default many tools copy the one platform that they run on.',
  'skopeo copy --all docker://UPSTREAM docker://IMAGE',
);
const PULL_ALWAYS = hint(
  'pull before each deployment, or deploy by digest',
  'A host that has a tag does not ask for it again.',
  'docker compose up --pull always',
  '# Kubernetes: imagePullPolicy: Always, or image: REPOSITORY@sha256:…',
);
const LINE_FEEDS = hint(
  'keep scripts with LF',
  'Git on Windows writes CR LF unless it is told otherwise.',
  '# .gitattributes',
  '*.sh text eol=lf',
  '# Dockerfile',
  'RUN sed -i "s/\\r$//" /entrypoint.sh',
);
const MODE = hint(
  'set the mode in the build',
  'The mode in the repository or on a laptop’s disk is not reliable.',
  'COPY --chmod=755 entrypoint.sh /entrypoint.sh',
);
const SAME_LIBC = hint(
  'build for the libc of the base image',
  'glibc and musl have different loaders.',
  'RUN CGO_ENABLED=0 go build …      # or: a -alpine build image for an alpine base',
);

const BY_ORIGIN: Readonly<Record<OriginCode, readonly Hint[]>> = {
  'built-on-other-arch': [PINNED_RUNNER, MULTI_PLATFORM, GUARD],
  'tag-overwritten': [DIGESTS, GUARD],
  'single-platform-push': [MULTI_PLATFORM, GUARD],
  'stage-copied-wrong-file': [TARGET_ARGUMENTS, GUARD],
  'cache-without-arch': [CACHE_KEY, GUARD],
  'platform-forced': [NO_FORCED_PLATFORM],
  'stale-local-image': [PULL_ALWAYS],
  'mirror-dropped-platforms': [WHOLE_INDEX, GUARD],
  'laptop-push': [DIGESTS, MULTI_PLATFORM],
  unknown: [],
};
const BY_FAULT: Partial<Record<FaultCode, Hint>> = {
  'script-crlf': LINE_FEEDS,
  'not-executable': MODE,
  'loader-missing': SAME_LIBC,
};

/**
 * What prevents the next one, chosen by how this one came about, as findings of the last step with lines to paste. `meant` are the
 * platforms that the service is meant for, as configured: they stand in the lines, and those that the tag lacks are named.
 */
export function hintsFor(
  verdict: Verdict,
  evidence: InstanceEvidence | null,
  meant: readonly Platform[] = [],
): readonly Finding[] {
  if (verdict.outcome !== 'will-not-run' || verdict.fault === null) return [];
  const byFault = BY_FAULT[verdict.fault];
  const lacking = evidence === null ? [] : lackingOf(evidence, meant);
  const hints = [
    ...(lacking.length > 0 ? [MULTI_PLATFORM] : []),
    ...BY_ORIGIN[verdict.origin.kind],
    ...(byFault ? [byFault, GUARD] : []),
  ];
  const seen = verdict.origin.kind === 'unknown' ? `fault: ${verdict.fault}` : `origin: ${verdict.origin.kind}`;
  const lacks = `the tag has no ${list(lacking)}, which the service is meant for`;
  return [...new Set(hints)].map((one) => ({
    check: `Prevention: ${one.what}`,
    command: fillIn(one.lines, evidence, meant),
    observed: one === MULTI_PLATFORM && lacking.length > 0 ? `${seen}; ${lacks}` : seen,
    meaning: one.why,
    decision: 'Copy it into the postmortem, and into the pipeline.',
  }));
}

const list = (platforms: readonly Platform[]) => platforms.map(formatPlatform).join(', ');

/** The platforms that the tag certainly does not have: none while it was not read, or has entries that state no platform. */
function lackingOf({ published }: InstanceEvidence, meant: readonly Platform[]): readonly Platform[] {
  if (published.kind === 'probe-failed') return [];
  const { entries } = published.value;
  if (entries.some(({ platform }) => platform === null)) return [];
  return meant.filter((platform) => {
    const taken = selectPlatform(entries, platform)?.platform;
    return !taken || !samePlatform(taken, platform);
  });
}

function fillIn(lines: string, evidence: InstanceEvidence | null, meant: readonly Platform[]): string {
  const host = evidence?.host.kind === 'known' ? evidence.host.value.platform : null;
  const image = evidence?.instance.kind === 'known' ? evidence.instance.value.imageReference : 'IMAGE';
  const isMeant = host === null || meant.some((platform) => samePlatform(platform, host));
  const wanted = [...meant, ...(isMeant ? [] : [host])].map(formatPlatform);
  const filled: Readonly<Record<string, string>> = {
    IMAGE: image,
    PLATFORMS: meant.length > 0 ? wanted.join(',') : 'linux/amd64,linux/arm64',
    PLATFORM: (wanted.length > 0 ? wanted : ['linux/amd64']).join(' --platform '),
    ARCH: host?.architecture ?? 'amd64',
  };
  return lines.replace(/\b(?:IMAGE|PLATFORMS?|ARCH)\b/g, (word) => filled[word] ?? word);
}
