import { describe, expect, it } from 'vitest';
import type { FaultCode } from '../../src/kernel/outcome.ts';
import { hintsFor } from '../../src/playbook/hints.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import { type OriginCode, UNKNOWN_ORIGIN, type Verdict } from '../../src/playbook/verdict.ts';
import { incident } from './incident.ts';
import { missing, sampleEvidence } from './sample-evidence.ts';

const told = (fault: FaultCode, kind: OriginCode): Verdict => ({
  ...judge(sampleEvidence()),
  fault,
  origin: { ...UNKNOWN_ORIGIN, kind },
});
const IMAGE = 'registry.corp.io/pdf-renderer:v3';

const MULTI_PLATFORM = 'Prevention: publish every platform under one tag';
const GUARD = 'Prevention: check what was published before it is deployed';
const DIGESTS = 'Prevention: deploy digests, and let only the pipeline push release tags';
const CHECK = `execfmt check ${IMAGE} --platform linux/amd64`;

describe('what prevents the next one', () => {
  it.each<[OriginCode, readonly string[]]>([
    ['built-on-other-arch', ['Prevention: pin the runner’s architecture', MULTI_PLATFORM, GUARD]],
    ['tag-overwritten', [DIGESTS, GUARD]],
    ['single-platform-push', [MULTI_PLATFORM, GUARD]],
    ['stage-copied-wrong-file', ['Prevention: build and download for the target, not for the build machine', GUARD]],
    ['cache-without-arch', ['Prevention: put the architecture into the cache’s key', GUARD]],
    ['platform-forced', ['Prevention: take the forced platform away']],
    ['stale-local-image', ['Prevention: pull before each deployment, or deploy by digest']],
    ['mirror-dropped-platforms', ['Prevention: let the mirror copy whole indexes', GUARD]],
    ['laptop-push', [DIGESTS, MULTI_PLATFORM]],
    ['unknown', []],
  ])('of %s', (kind, checks) => {
    const hints = hintsFor(told('wrong-platform-image', kind), sampleEvidence());
    expect(hints.map(({ check }) => check)).toEqual(checks);
    for (const { observed, meaning, decision } of hints) {
      expect(observed).toBe(`origin: ${kind}`);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(decision).toBe('Copy it into the postmortem, and into the pipeline.');
    }
  });

  it.each<[OriginCode, string, string]>([
    [
      'built-on-other-arch',
      'a runner of the host’s architecture',
      '# .gitlab-ci.yml\nbuild:\n  tags: [amd64]\n# .github/workflows/build.yml\nruns-on: ubuntu-24.04   # arm: ubuntu-24.04-arm',
    ],
    [
      'single-platform-push',
      'a build for both',
      `docker buildx build --platform linux/amd64,linux/arm64 --tag ${IMAGE} --push .`,
    ],
    [
      'stage-copied-wrong-file',
      'the target’s names in the Dockerfile',
      'FROM --platform=$BUILDPLATFORM golang AS build\nARG TARGETOS TARGETARCH\nRUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app .\nFROM alpine\nCOPY --from=build /out/app /app',
    ],
    [
      'cache-without-arch',
      'a cache for each architecture',
      `cache:\n  key: "$CI_COMMIT_REF_SLUG-$CI_RUNNER_EXECUTABLE_ARCH"\n# buildx: --cache-to type=registry,ref=${IMAGE}-cache-amd64`,
    ],
    [
      'platform-forced',
      'where it may be forced',
      'grep -rn "platform:" compose*.yaml; env | grep DOCKER_DEFAULT_PLATFORM',
    ],
    ['mirror-dropped-platforms', 'a copy of everything', `skopeo copy --all docker://UPSTREAM docker://${IMAGE}`],
    [
      'stale-local-image',
      'a pull',
      'docker compose up --pull always\n# Kubernetes: imagePullPolicy: Always, or image: REPOSITORY@sha256:…',
    ],
    [
      'tag-overwritten',
      'a digest',
      `docker buildx imagetools inspect ${IMAGE} --format "{{.Manifest.Digest}}"\n# deploy: REPOSITORY@sha256:…`,
    ],
  ])('of %s is %s, to paste', (kind, _what, lines) => {
    expect(hintsFor(told('wrong-platform-image', kind), sampleEvidence())[0]?.command).toBe(lines);
  });

  it.each<[FaultCode, string, string]>([
    [
      'script-crlf',
      'Prevention: keep scripts with LF',
      '# .gitattributes\n*.sh text eol=lf\n# Dockerfile\nRUN sed -i "s/\\r$//" /entrypoint.sh',
    ],
    ['not-executable', 'Prevention: set the mode in the build', 'COPY --chmod=755 entrypoint.sh /entrypoint.sh'],
    [
      'loader-missing',
      'Prevention: build for the libc of the base image',
      'RUN CGO_ENABLED=0 go build …      # or: a -alpine build image for an alpine base',
    ],
  ])('of %s is of the file, and a check in the pipeline', (fault, check, command) => {
    const observed = `fault: ${fault}`;
    const hints = hintsFor(told(fault, 'unknown'), sampleEvidence());
    expect(hints).toMatchObject([
      { check, command, observed },
      { check: GUARD, command: CHECK, observed },
    ]);
  });

  it('is told once, where origin and fault have it in common', () => {
    const hints = hintsFor(told('script-crlf', 'single-platform-push'), sampleEvidence());
    expect(hints.map(({ check }) => check)).toEqual([MULTI_PLATFORM, GUARD, 'Prevention: keep scripts with LF']);
  });

  it('is for amd64 and IMAGE where neither host nor container can be asked', () => {
    const evidence = { ...sampleEvidence(), host: missing, instance: missing };
    for (const one of [evidence, null]) {
      const commands = hintsFor(told('wrong-platform-image', 'built-on-other-arch'), one).map(({ command }) => command);
      expect(commands[0]).toContain('tags: [amd64]');
      expect(commands[2]).toBe('execfmt check IMAGE --platform linux/amd64');
    }
  });

  it('is nothing for what runs, or what nobody can tell the fault of', () => {
    const verdict = told('script-crlf', 'tag-overwritten');
    expect(hintsFor({ ...verdict, outcome: 'runs' }, incident({}))).toEqual([]);
    expect(hintsFor({ ...verdict, outcome: 'inconclusive' }, incident({}))).toEqual([]);
    expect(hintsFor({ ...verdict, fault: null }, incident({}))).toEqual([]);
  });
});
