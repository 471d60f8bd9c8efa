import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultCode } from '../../../src/kernel/outcome.ts';
import { known } from '../../../src/playbook/answer.ts';
import { describeRemedy, describeUseless } from '../../../src/playbook/remedies/words.ts';
import { type OriginCode, type RemedyKind, UNKNOWN_ORIGIN, type Verdict } from '../../../src/playbook/verdict.ts';
import { ARM64, imageFor, incident, mounted } from '../incident.ts';
import { accepted, missing } from '../sample-evidence.ts';

type Rest = Parameters<typeof incident>[0];
const verdict = (
  fault: FaultCode | null,
  origin: OriginCode = 'unknown',
  culprit: string | null = '/app/x',
): Verdict => ({
  outcome: 'will-not-run',
  fault,
  culprit,
  errno: null,
  confidence: 'proved',
  origin: { ...UNKNOWN_ORIGIN, kind: origin },
  summary: '',
});
const tell = (kind: RemedyKind, fault: FaultCode, rest: Rest = {}, origin: OriginCode = 'unknown') =>
  describeRemedy(kind, incident(rest), verdict(fault, origin));
const inside = { pristine: known({ outcome: accepted, sameFile: false, changedInContainer: true }) };

describe('how a file is mended', () => {
  it.each<[FaultCode, string]>([
    ['script-crlf', 'save it with LF line ends (`.gitattributes`: `*.sh text eol=lf`)'],
    ['script-no-shebang', 'let it begin with `#!/bin/sh` in its very first two bytes, without BOM or blank line'],
    ['script-too-nested', 'let its #! line name a program instead of another script'],
    ['interpreter-missing', 'install the interpreter, or name the one that is there'],
    ['loader-missing', 'build it for the libc of the base image (glibc or musl), or statically'],
    ['library-missing', 'install the library, or link it statically'],
    ['symbol-version-missing', 'build it on the same release as the base image, or take a newer base image'],
    ['empty-file', 'see what wrote nothing there (`curl -f`, a here-document without BuildKit) and write it again'],
    ['truncated-binary', 'copy or download it again, and check its size'],
    ['foreign-format', 'put a Linux program in its place'],
    ['not-executable', 'give it its x bit (`COPY --chmod=755`, or `chmod +x` in the build)'],
    ['entrypoint-not-found', 'correct the entrypoint, or copy the file to where it is expected'],
    ['entrypoint-is-directory', 'name the program in that directory'],
    ['wrong-metadata', 'build the image with --platform, so that it says what it is'],
    ['cpu-level', 'build it for an older level of the processor (GOAMD64, -march, -mcpu, GOARM)'],
    ['page-size', 'build it for pages of 64 KiB (`-Wl,-z,max-page-size=65536`, jemalloc --with-lg-page=16)'],
    ['none', 'see the verdict'],
  ])('%s', (fault, how) => {
    expect(tell('fix-file', fault)).toBe(
      `The clean fix: correct "/app/x" in the image’s build and publish it: ${how}.`,
    );
  });

  const below = { facts: { mounts: [mounted('bind', '/app')] } };
  it.each<[string, Rest, FaultCode, string]>([
    [
      'where it comes from a mount',
      below,
      'script-crlf',
      '"/app/x" comes from the mount at /app, not from the image: correct it there.',
    ],
    ['on the mount that forbids it', below, 'noexec-mount', 'Mount /app without noexec, or keep programs out of it.'],
    ['on a mount that nobody names', {}, 'noexec-mount', 'Mount it without noexec, or keep programs out of it.'],
    [
      'beside the mount that hides it',
      below,
      'shadowed-by-mount',
      'Mount it somewhere else than over /app, or put "/app/x" into what is mounted there.',
    ],
    [
      'beside a mount that nobody names',
      {},
      'shadowed-by-mount',
      'Mount it somewhere else than over "/app/x", or put "/app/x" into what is mounted there.',
    ],
    [
      'in the host’s policy',
      below,
      'security-policy',
      'Let the profile of the host allow execve, or run the container with its default profile.',
    ],
  ])('%s', (_what, rest, fault, told) => expect(tell('fix-file', fault, rest)).toBe(told));

  it('has no name where none is known', () => {
    const told = describeRemedy('fix-file', incident(below), verdict('script-crlf', 'unknown', null));
    expect(told).toMatch(/^The clean fix: correct the file in the image’s build/);
    const unknown = { ...incident(below), instance: missing };
    expect(describeRemedy('fix-file', unknown, verdict('script-crlf'))).toMatch(
      /^The clean fix: correct "\/app\/x" in/,
    );
    expect(describeRemedy('fix-file', unknown, verdict(null))).toContain(': see the verdict.');
  });
});

describe('why a remedy helps', () => {
  it.each<[string, RemedyKind, FaultCode, Rest, OriginCode, string]>([
    [
      'a build for the host',
      'rebuild',
      'wrong-platform-image',
      {},
      'unknown',
      'The clean fix: build and publish an image that has linux/amd64, on a runner of that architecture or with buildx.',
    ],
    [
      'a build for a host nobody knows',
      'rebuild',
      'wrong-platform-image',
      { host: missing },
      'unknown',
      'The clean fix: build and publish an image that has the host’s platform, on a runner of that architecture or with buildx.',
    ],
    [
      'a newer processor',
      'schedule-to-arch',
      'cpu-level',
      {},
      'unknown',
      'Run it on a host whose processor is new enough.',
    ],
    [
      'smaller pages',
      'schedule-to-arch',
      'page-size',
      {},
      'unknown',
      'Run it on a host whose kernel has pages of 4 KiB.',
    ],
    [
      'a host of the image’s platform',
      'schedule-to-arch',
      'wrong-platform-image',
      imageFor(ARM64),
      'unknown',
      'In an emergency: run it on a host of linux/arm64. It is a hidden policy: remove it once the image is right.',
    ],
    [
      'a host of a platform nobody knows',
      'schedule-to-arch',
      'wrong-platform-image',
      { localImage: missing, published: missing },
      'unknown',
      'In an emergency: run it on a host of the image’s platform. It is a hidden policy: remove it once the image is right.',
    ],
    [
      'a new container',
      'repull',
      'node-corruption',
      inside,
      'unknown',
      'Create the container anew from the same image: what is wrong was written inside of the old one.',
    ],
    [
      'the tag’s present image',
      'repull',
      'script-crlf',
      {},
      'stale-local-image',
      'Pull the tag again and create the container anew: it points to an image for this host now.',
    ],
    [
      'a whole mirror',
      'repull',
      'wrong-platform-image',
      {},
      'mirror-dropped-platforms',
      'Copy the whole index into the mirror (`skopeo copy --all`), then pull again: the registry that it mirrors has the platform.',
    ],
    [
      'a whole copy',
      'repull',
      'node-corruption',
      {},
      'unknown',
      'Remove the image from this host and pull the same digest again: what is published is whole.',
    ],
    [
      'a container that may not write its programs',
      'replace-node',
      'node-corruption',
      inside,
      'unknown',
      'Keep programs where the container may not write: read-only, or owned by another user.',
    ],
    [
      'another disk',
      'replace-node',
      'node-corruption',
      {},
      'unknown',
      'If it happens again, the disk or the store of this host is damaged: drain the host and look at its disk.',
    ],
    [
      'an emulator',
      'enable-emulation',
      'wrong-arch-binary',
      {},
      'unknown',
      'Last resort: QEMU through binfmt_misc on the host, registered with flag F; slow, and it hides the wrong image.',
    ],
  ])('%s', (_what, kind, fault, rest, origin, told) => expect(tell(kind, fault, rest, origin)).toBe(told));
});

describe('why a remedy that people reach for does not help', () => {
  it.each<[RemedyKind, FaultCode, OriginCode, string]>([
    [
      'rebuild',
      'script-crlf',
      'stale-local-image',
      'What the tag points to now is right already: a new build would change nothing here.',
    ],
    [
      'fix-file',
      'script-crlf',
      'stale-local-image',
      'What the tag points to now is right already: a new build would change nothing here.',
    ],
    [
      'rebuild',
      'wrong-platform-image',
      'platform-forced',
      'The tag has an image for this host already: a new build would change nothing here.',
    ],
    [
      'rebuild',
      'wrong-platform-image',
      'mirror-dropped-platforms',
      'What was published is right already; the mirror is not.',
    ],
    [
      'rebuild',
      'script-crlf',
      'unknown',
      'The same build makes the same file: correct it first. The architecture is not the reason.',
    ],
    ['rollback-to-digest', 'wrong-metadata', 'unknown', 'The program itself fits: going back changes nothing.'],
    [
      'rollback-to-digest',
      'cpu-level',
      'stale-local-image',
      'The host is the limit: an older image helps only if it was built for less, which nothing here proves.',
    ],
    [
      'pull-platform',
      'script-crlf',
      'stale-local-image',
      'Another platform is not what is missing: the same files would come again.',
    ],
    [
      'repull',
      'script-crlf',
      'unknown',
      'Pulling again brings the same bytes: they are wrong where they are published.',
    ],
    ['enable-emulation', 'os-mismatch', 'unknown', 'It would not change what is refused here.'],
    ['fix-file', 'script-crlf', 'unknown', 'It would not change what is refused here.'],
  ])('%s, against %s of %s', (kind, fault, origin, told) => expect(describeUseless(kind, fault, origin)).toBe(told));

  const innocent = 'noexec-mount shadowed-by-mount node-corruption security-policy emulation-missing emulation-broken';
  it.each(FAULTS)('another or a new image is no matter where the image is not to blame: %s', (fault) => {
    const is = innocent.split(' ').includes(fault);
    const says = (kind: RemedyKind) =>
      describeUseless(kind, fault, 'unknown').startsWith('The image is not to blame: ');
    expect([says('rollback-to-digest'), says('rebuild')]).toEqual([is, is]);
  });

  it('is told of an image that is not to blame', () => {
    expect(describeUseless('rollback-to-digest', 'noexec-mount', 'unknown')).toBe(
      'The image is not to blame: another digest would fail in the same way, or run only by chance.',
    );
    expect(describeUseless('rebuild', 'noexec-mount', 'unknown')).toBe(
      'The image is not to blame: a new build of it would fail in the same way.',
    );
  });
});
