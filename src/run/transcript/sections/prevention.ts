import type { FaultCode } from '../../../kernel/outcome.ts';
import type { Finding } from '../../../playbook/finding.ts';
import type { OriginCode } from '../../../playbook/verdict.ts';
import { type Block, heading, type Section, text } from '../document.ts';
import type { Subject } from '../subject.ts';
import { faultyVerdicts } from './causes.ts';

const INDEX = 'Publish one index with every platform that the hosts have (docker buildx build --platform …, --push).';
const CHECK = 'Run “execfmt check IMAGE --platform …” in the pipeline after the push, and let it fail the pipeline.';
const DIGESTS = 'Deploy by digest, or make release tags immutable in the registry.';
const RUNNER = 'Pin the architecture of the build’s runner (tags in GitLab, runs-on in GitHub Actions).';
const ONLY_CI = 'Let only the pipeline push release tags; take the right away from people.';
const TARGETARCH =
  'Build and download for TARGETOS and TARGETARCH in every stage of the Dockerfile; take fixed architectures out.';
const SAME_LIBC =
  'Build on the same distribution as the final stage, or link statically: glibc and musl do not replace each other.';
const PULL = 'Pull before each deployment (pull policy always), or deploy by digest.';
const CHMOD = 'Set the mode in the Dockerfile (COPY --chmod=755): the one in the repository is lost on some systems.';
const LF = 'Add “*.sh text eol=lf” to .gitattributes, and fail the pipeline on CR LF in scripts.';
const NODES = 'Label nodes by architecture and level, and select them in the workload (kubernetes.io/arch).';
const START = 'Start the image once in the pipeline on each platform before it is released.';

const BY_ORIGIN: Readonly<Record<OriginCode, readonly string[]>> = {
  'built-on-other-arch': [RUNNER, INDEX, CHECK],
  'tag-overwritten': [DIGESTS, CHECK],
  'single-platform-push': [INDEX, CHECK],
  'stage-copied-wrong-file': [TARGETARCH, CHECK],
  'cache-without-arch': ['Put the architecture into the key of every build cache.', CHECK],
  'platform-forced': [
    'Take forced platforms out of deployments (platform: in Compose files, DOCKER_DEFAULT_PLATFORM, --platform in FROM).',
  ],
  'stale-local-image': [PULL],
  'mirror-dropped-platforms': [
    'Let the mirror copy whole indexes (skopeo copy --all), and run “execfmt check” on the mirror’s name.',
  ],
  'laptop-push': [ONLY_CI, INDEX, DIGESTS],
  unknown: [],
};

/** A fault of the architecture is prevented by its origin; the others have items of their own. */
const BY_FAULT: Readonly<Record<FaultCode, readonly string[]>> = {
  'wrong-platform-image': [CHECK],
  'wrong-arch-binary': [CHECK],
  'wrong-metadata': ['Let the build tool write the platform (--platform) instead of annotating it by hand.'],
  'platform-missing-from-index': [INDEX, CHECK],
  'os-mismatch': [INDEX, CHECK],
  'cpu-level': ['Compile for the oldest processor that is in service, and state that level in the build.', NODES],
  'page-size': [
    'Link programs with a maximum page size of 64 KiB (-z max-page-size=65536) where hosts have large pages.',
    NODES,
  ],
  'script-crlf': [LF, CHECK],
  'script-no-shebang': [
    'Begin each script with its interpreter (#!/bin/sh) in the first two bytes: no BOM, no blank line.',
    CHECK,
  ],
  'script-too-nested': [
    'Let an interpreter be a program: the kernel follows only a few scripts that start scripts.',
    CHECK,
  ],
  'interpreter-missing': ['Install the interpreter in the final stage, or call one that is there.', CHECK],
  'interpreter-wrong-arch': [TARGETARCH, CHECK],
  'loader-missing': [SAME_LIBC, CHECK],
  'loader-wrong-arch': [TARGETARCH, CHECK],
  'library-missing': ['Install in the final stage what the program is linked with, or link it statically.', CHECK],
  'symbol-version-missing': [SAME_LIBC, CHECK],
  'empty-file': ['Let the build fail when a file that it copies is empty, and verify downloads by checksum.', CHECK],
  'truncated-binary': ['Verify downloads by checksum, and let the build fail on a full disk.', CHECK],
  'foreign-format': [
    'Verify what the build downloads by checksum and type; fetch Git LFS objects before the build.',
    CHECK,
  ],
  'not-executable': [CHMOD, CHECK],
  'noexec-mount': ['Keep programs out of volumes that are mounted with noexec.', START],
  'entrypoint-not-found': ['Test the entrypoint’s path in the final stage of the build.', CHECK],
  'entrypoint-is-directory': ['Name the program itself as the entrypoint.', CHECK],
  'shadowed-by-mount': ['Mount volumes where the image has no programs.', START],
  'emulation-missing': ['Register emulators at boot (binfmt_misc), or do not depend on them in production.', INDEX],
  'emulation-broken': ['Register emulators with the flag F, pinned and tested after each update of the host.', INDEX],
  'node-corruption': ['Watch disks for errors, and replace the node rather than the image.', PULL],
  'security-policy': ['Test seccomp, AppArmor and SELinux profiles with the image before they are enforced.', START],
  'not-exec-format': [START],
  none: [],
};

const MARK = 'Prevention: ';

/** Whether a finding of the last step is one of the playbook’s hints; they are told here and not among the findings. */
export function isPrevention({ check }: Finding): boolean {
  return check.startsWith(MARK);
}

/** What prevents the next one, to copy into a postmortem: only what applies, and the lines to paste for this image. */
export function preventionSection({ state }: Subject): Section {
  const verdicts = faultyVerdicts(state);
  const items = new Set(
    verdicts.flatMap(({ origin, fault }) => [...BY_ORIGIN[origin.kind], ...(fault === null ? [] : BY_FAULT[fault])]),
  );
  const hints = state.steps.flatMap(({ step }) => step.findings.filter(isPrevention));
  const blocks: Block[] =
    items.size > 0
      ? [{ kind: 'checklist', items: [...items] }]
      : [text('Nothing of what was found calls for an item here.')];
  if (hints.length > 0) blocks.push(heading(3, 'Lines to paste'));
  for (const { check, meaning, command } of hints)
    blocks.push(heading(4, check.slice(MARK.length)), text(meaning), { kind: 'code', text: command });
  return { id: 'prevention', title: 'Prevention', blocks };
}
