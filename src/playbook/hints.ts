import { formatPlatform } from '../image/platform.ts';
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

const MULTI_PLATFORM: Hint = {
  what: 'publish every platform under one tag',
  why: 'One index serves every host; a single manifest serves whoever was built last.',
  lines: 'docker buildx build --platform linux/amd64,linux/arm64 --tag IMAGE --push .',
};
const GUARD: Hint = {
  what: 'check what was published before it is deployed',
  why: 'The pipeline fails where the host would.',
  lines: 'execfmt check IMAGE --platform PLATFORM',
};
const PINNED_RUNNER: Hint = {
  what: 'pin the runner’s architecture',
  why: 'A pool with runners of both kinds builds whatever is free.',
  lines:
    '# .gitlab-ci.yml\nbuild:\n  tags: [ARCH]\n# .github/workflows/build.yml\nruns-on: ubuntu-24.04   # arm: ubuntu-24.04-arm',
};
const TARGET_ARGUMENTS: Hint = {
  what: 'build and download for the target, not for the build machine',
  why: 'A pinned stage or a fixed download copies one architecture into every image.',
  lines:
    'FROM --platform=$BUILDPLATFORM golang AS build\nARG TARGETOS TARGETARCH\nRUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app .\nFROM alpine\nCOPY --from=build /out/app /app',
};
const CACHE_KEY: Hint = {
  what: 'put the architecture into the cache’s key',
  why: 'Artifacts of another architecture fit the key, and no host.',
  lines:
    'cache:\n  key: "$CI_COMMIT_REF_SLUG-$CI_RUNNER_EXECUTABLE_ARCH"\n# buildx: --cache-to type=registry,ref=IMAGE-cache-ARCH',
};
const DIGESTS: Hint = {
  what: 'deploy digests, and let only the pipeline push release tags',
  why: 'Tags move; digests do not.',
  lines: 'docker buildx imagetools inspect IMAGE --format "{{.Manifest.Digest}}"\n# deploy: REPOSITORY@sha256:…',
};
const NO_FORCED_PLATFORM: Hint = {
  what: 'take the forced platform away',
  why: 'It is a hidden policy, and the engine chooses the right entry by itself.',
  lines: 'grep -rn "platform:" compose*.yaml; env | grep DOCKER_DEFAULT_PLATFORM',
};
const WHOLE_INDEX: Hint = {
  what: 'let the mirror copy whole indexes',
  why: 'By default many tools copy the one platform that they run on.',
  lines: 'skopeo copy --all docker://UPSTREAM docker://IMAGE',
};
const PULL_ALWAYS: Hint = {
  what: 'pull before each deployment, or deploy by digest',
  why: 'A host that has a tag does not ask for it again.',
  lines: 'docker compose up --pull always\n# Kubernetes: imagePullPolicy: Always, or image: REPOSITORY@sha256:…',
};

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
  'script-crlf': {
    what: 'keep scripts with LF',
    why: 'Git on Windows writes CR LF unless it is told otherwise.',
    lines: '# .gitattributes\n*.sh text eol=lf\n# Dockerfile\nRUN sed -i "s/\\r$//" /entrypoint.sh',
  },
  'not-executable': {
    what: 'set the mode in the build',
    why: 'The mode in the repository or on a laptop’s disk is not reliable.',
    lines: 'COPY --chmod=755 entrypoint.sh /entrypoint.sh',
  },
  'loader-missing': {
    what: 'build for the libc of the base image',
    why: 'glibc and musl have different loaders.',
    lines: 'RUN CGO_ENABLED=0 go build …      # or: a -alpine build image for an alpine base',
  },
};

/** What prevents the next one, chosen by how this one came about, as findings of the last step with lines to paste. */
export function hintsFor(verdict: Verdict, evidence: InstanceEvidence | null): readonly Finding[] {
  if (verdict.outcome !== 'will-not-run' || verdict.fault === null) return [];
  const byFault = BY_FAULT[verdict.fault];
  const hints = [...BY_ORIGIN[verdict.origin.kind], ...(byFault ? [byFault, GUARD] : [])];
  const host = evidence?.host.kind === 'known' ? evidence.host.value.platform : null;
  const image = evidence?.instance.kind === 'known' ? evidence.instance.value.imageReference : 'IMAGE';
  const fill = (lines: string) =>
    lines
      .replace(/\bIMAGE\b/g, () => image)
      .replace(/\bPLATFORM\b/g, host ? formatPlatform(host) : 'linux/amd64')
      .replace(/\bARCH\b/g, host?.architecture ?? 'amd64');
  return [...new Set(hints)].map(({ what, why, lines }) => ({
    check: `Prevention: ${what}`,
    command: fill(lines),
    observed: verdict.origin.kind === 'unknown' ? `fault: ${verdict.fault}` : `origin: ${verdict.origin.kind}`,
    meaning: why,
    decision: 'Copy it into the postmortem, and into the pipeline.',
  }));
}
