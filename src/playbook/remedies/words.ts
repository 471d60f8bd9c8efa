import { formatPlatform } from '../../image/platform.ts';
import type { FaultCode } from '../../kernel/outcome.ts';
import type { InstanceEvidence } from '../instance-evidence.ts';
import { claimedPlatform } from '../judge/platforms.ts';
import { mountAt } from '../mounted-tree.ts';
import type { OriginCode, RemedyKind, Verdict } from '../verdict.ts';

/** How a file of each kind is mended in the image's build. */
const MENDED: Partial<Record<FaultCode, string>> = {
  'script-crlf': 'save it with LF line ends (`.gitattributes`: `*.sh text eol=lf`)',
  'script-no-shebang': 'let it begin with `#!/bin/sh` in its very first two bytes, without BOM or blank line',
  'script-too-nested': 'let its #! line name a program instead of another script',
  'interpreter-missing': 'install the interpreter, or name the one that is there',
  'loader-missing': 'build it for the libc of the base image (glibc or musl), or statically',
  'library-missing': 'install the library, or link it statically',
  'symbol-version-missing': 'build it on the same release as the base image, or take a newer base image',
  'empty-file': 'see what wrote nothing there (`curl -f`, a here-document without BuildKit) and write it again',
  'truncated-binary': 'copy or download it again, and check its size',
  'foreign-format': 'put a Linux program in its place',
  'not-executable': 'give it its x bit (`COPY --chmod=755`, or `chmod +x` in the build)',
  'entrypoint-not-found': 'correct the entrypoint, or copy the file to where it is expected',
  'entrypoint-is-directory': 'name the program in that directory',
  'wrong-metadata': 'build the image with --platform, so that it says what it is',
  'cpu-level': 'build it for an older level of the processor (GOAMD64, -march, -mcpu, GOARM)',
  'page-size': 'build it for pages of 64 KiB (`-Wl,-z,max-page-size=65536`, jemalloc --with-lg-page=16)',
};

function fixFile({ instance }: InstanceEvidence, { fault, culprit }: Verdict): string {
  const file = culprit === null ? 'the file' : JSON.stringify(culprit);
  const mount = instance.kind === 'known' && culprit !== null ? mountAt(instance.value.mounts, culprit) : null;
  if (fault === 'security-policy')
    return 'Let the profile of the host allow execve, or run the container with its default profile.';
  if (fault === 'noexec-mount')
    return `Mount ${mount?.destination ?? 'it'} without noexec, or keep programs out of it.`;
  if (fault === 'shadowed-by-mount')
    return `Mount it somewhere else than over ${mount?.destination ?? file}, or put ${file} into what is mounted there.`;
  if (mount) return `${file} comes from the mount at ${mount.destination}, not from the image: correct it there.`;
  return `The clean fix: correct ${file} in the image’s build and publish it: ${MENDED[fault ?? 'none'] ?? 'see the verdict'}.`;
}

const changedItself = ({ pristine }: InstanceEvidence) =>
  pristine.kind === 'known' && pristine.value.changedInContainer === true;

/** Why a remedy helps against this fault here, in a sentence or two. */
export function describeRemedy(kind: RemedyKind, evidence: InstanceEvidence, verdict: Verdict): string {
  const platform =
    evidence.host.kind === 'known' ? formatPlatform(evidence.host.value.platform) : 'the host’s platform';
  const claimed = claimedPlatform(evidence);
  switch (kind) {
    case 'rebuild':
      return `The clean fix: build and publish an image that has ${platform}, on a runner of that architecture or with buildx.`;
    case 'fix-file':
      return fixFile(evidence, verdict);
    case 'schedule-to-arch':
      if (verdict.fault === 'cpu-level') return 'Run it on a host whose processor is new enough.';
      if (verdict.fault === 'page-size') return 'Run it on a host whose kernel has pages of 4 KiB.';
      return `In an emergency: run it on a host of ${claimed ? formatPlatform(claimed) : 'the image’s platform'}. It is a hidden policy: remove it once the image is right.`;
    case 'repull':
      if (changedItself(evidence))
        return 'Create the container anew from the same image: what is wrong was written inside of the old one.';
      if (verdict.origin.kind === 'stale-local-image')
        return 'Pull the tag again and create the container anew: it points to an image for this host now.';
      if (verdict.origin.kind === 'mirror-dropped-platforms')
        return 'Copy the whole index into the mirror (`skopeo copy --all`), then pull again: the registry that it mirrors has the platform.';
      return 'Remove the image from this host and pull the same digest again: what is published is whole.';
    case 'replace-node':
      if (changedItself(evidence))
        return 'Keep programs where the container may not write: read-only, or owned by another user.';
      return 'If it happens again, the disk or the store of this host is damaged: drain the host and look at its disk.';
    case 'enable-emulation':
      return 'Last resort: QEMU through binfmt_misc on the host, registered with flag F; slow, and it hides the wrong image.';
    default:
      return '';
  }
}

const INNOCENT: ReadonlySet<FaultCode> = new Set([
  'noexec-mount',
  'shadowed-by-mount',
  'node-corruption',
  'security-policy',
  'emulation-missing',
  'emulation-broken',
]);

/** Why a remedy that people reach for would not help. */
export function describeUseless(kind: RemedyKind, fault: FaultCode, origin: OriginCode): string {
  if (kind === 'rebuild' || kind === 'fix-file') {
    if (origin === 'stale-local-image')
      return 'What the tag points to now is right already: a new build would change nothing here.';
    if (origin === 'platform-forced')
      return 'The tag has an image for this host already: a new build would change nothing here.';
    if (origin === 'mirror-dropped-platforms') return 'What was published is right already; the mirror is not.';
  }
  if (kind === 'rollback-to-digest') {
    if (fault === 'wrong-metadata') return 'The program itself fits: going back changes nothing.';
    if (INNOCENT.has(fault))
      return 'The image is not to blame: another digest would fail in the same way, or run only by chance.';
    return 'The host is the limit: an older image helps only if it was built for less, which nothing here proves.';
  }
  if (kind === 'rebuild') {
    return INNOCENT.has(fault)
      ? 'The image is not to blame: a new build of it would fail in the same way.'
      : 'The same build makes the same file: correct it first. The architecture is not the reason.';
  }
  if (kind === 'pull-platform') return 'Another platform is not what is missing: the same files would come again.';
  if (kind === 'repull') return 'Pulling again brings the same bytes: they are wrong where they are published.';
  return 'It would not change what is refused here.';
}
