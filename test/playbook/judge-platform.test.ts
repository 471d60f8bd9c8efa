import { describe, expect, it } from 'vitest';
import { failed, known } from '../../src/playbook/answer.ts';
import type { PlatformCheck } from '../../src/playbook/image-check.ts';
import { judgePlatform } from '../../src/playbook/judge-platform.ts';
import type { PlatformEvidence } from '../../src/playbook/platform-evidence.ts';
import { AMD64, ARM64, refused, suspect } from './incident.ts';
import { DIGEST, elf, executed, published, SHARED, SHELL, single, UNKNOWN, WINDOWS } from './published-platform.ts';
import { accepted } from './sample-evidence.ts';

type Row = [sentence: string, evidence: PlatformEvidence, check: Partial<PlatformCheck>];
const expectCheck = (...[, evidence, check]: Row) => expect(judgePlatform(evidence)).toMatchObject(check);
const denied = failed('denied', 'registry.corp.io', 'It asks for a login.');

describe('a platform of a reference', () => {
  it.each<Row>([
    [
      'passes when the kernel executes its image',
      published(),
      {
        platform: 'linux/amd64',
        present: true,
        digest: DIGEST,
        pass: true,
        judged: true,
        fault: 'none',
        culprit: null,
        errno: null,
        entrypoint: '/app/render',
        because: 'The kernel executes it.',
        sharedLayer: null,
        error: null,
      },
    ],
    [
      'fails when the index has nothing for it, and what it has is told once each',
      published({}, { image: null, digest: null, published: [ARM64, ARM64, null] }),
      {
        present: false,
        pass: false,
        judged: false,
        fault: 'platform-missing-from-index',
        because: 'The index has linux/arm64, one that states none, and nothing for linux/amd64.',
      },
    ],
    [
      'fails in an empty index',
      published({}, { image: null, published: [] }),
      { because: 'The index has no image at all, and nothing for linux/amd64.' },
    ],
    [
      'is not judged when its image cannot be read',
      published({}, { image: denied }),
      {
        present: true,
        pass: null,
        judged: false,
        fault: null,
        because: 'It could not be read: registry.corp.io: It asks for a login.',
        error: { code: 'denied', target: 'registry.corp.io', message: 'It asks for a login.' },
      },
    ],
    [
      'is not judged when its files cannot be read',
      published({ execution: denied }),
      {
        present: true,
        pass: null,
        judged: false,
        entrypoint: '/app/render',
        because: 'It could not be read: registry.corp.io: It asks for a login.',
      },
    ],
    [
      'passes without anything to execute: a command may be given',
      published({ argv: [], execution: null }),
      {
        pass: true,
        judged: false,
        fault: 'none',
        entrypoint: null,
        because: 'There is nothing to execute: neither Entrypoint nor Cmd is set.',
      },
    ],
    [
      'is not judged for another system than Linux',
      published({ claimed: WINDOWS, execution: null }, { platform: WINDOWS }),
      {
        pass: null,
        judged: false,
        entrypoint: '/app/render',
        because: 'It is published; whether it runs is not judged: the rules are those of Linux, this is for windows.',
      },
    ],
    [
      'is not judged when the image names none',
      published({ claimed: UNKNOWN, execution: null }, { platform: UNKNOWN }),
      { pass: null, because: 'The image does not say which platform it is for, so there is none to judge it on.' },
    ],
    [
      'fails when the image’s user is not in the image: no runtime starts it',
      published({ execution: known({ kind: 'unknown-user', user: 'app' }) }),
      {
        present: true,
        pass: false,
        judged: true,
        fault: 'not-exec-format',
        entrypoint: '/app/render',
        because: 'No runtime starts it: its user "app" is not in the image’s /etc/passwd or /etc/group.',
      },
    ],
  ])('%s', expectCheck);
});

describe('an image whose program is refused', () => {
  const foreign = refused('ENOEXEC', 'wrong-arch-binary');
  it.each<Row>([
    [
      'fails with the errno and the culprit',
      published({ execution: executed(foreign) }),
      {
        present: true,
        pass: false,
        judged: true,
        fault: 'wrong-arch-binary',
        culprit: '/app/render',
        errno: 'ENOEXEC',
        because: '/app/render is refused.',
      },
    ],
    [
      'names the layer that other architectures have too',
      published({ execution: executed(foreign, { sharedLayer: SHARED }) }),
      {
        sharedLayer: SHARED,
        because:
          '/app/render is refused. Its layer sha256:abcabcabcabc… is the very same in linux/arm64, linux/s390x: it was built once and put into both.',
      },
    ],
    [
      'is for another platform as a whole when its own configuration says so, whatever the index lists',
      published({ claimed: ARM64, execution: executed(foreign) }),
      {
        present: true,
        fault: 'wrong-platform-image',
        because: '/app/render is refused. The index lists it for linux/amd64, its own configuration says linux/arm64.',
      },
    ],
    [
      'is not there for the platform at all when it is published alone',
      single({ claimed: ARM64, execution: executed(foreign) }),
      {
        present: false,
        fault: 'wrong-platform-image',
        because: '/app/render is refused. The reference is a single image for linux/arm64, not for linux/amd64.',
      },
    ],
    [
      'is blamed for its file alone when its configuration names no platform',
      published({ claimed: UNKNOWN, execution: executed(foreign) }),
      { fault: 'wrong-arch-binary' },
    ],
    [
      'fails for what may end it later, without an errno: reason enough to stop a pipeline',
      published({ execution: executed(suspect('script-crlf', '/entrypoint.sh')) }),
      {
        pass: false,
        judged: true,
        fault: 'script-crlf',
        culprit: '/entrypoint.sh',
        errno: null,
        because: '/entrypoint.sh is suspect.',
      },
    ],
  ])('%s', expectCheck);
});

describe('what a shell is told to execute', () => {
  const inner = refused('ENOEXEC', 'wrong-arch-binary');
  it.each<Row>([
    [
      'decides when it is all that the shell does',
      published({ shell: SHELL, execution: executed(accepted, { inner }) }),
      { pass: false, culprit: '/app/render' },
    ],
    [
      'decides nothing among other commands',
      published({ shell: { ...SHELL, alone: false }, execution: executed(accepted, { inner }) }),
      { pass: true },
    ],
    ['decides nothing without a shell', published({ execution: executed(accepted, { inner }) }), { pass: true }],
    ['decides nothing when it was not looked at', published({ shell: SHELL, execution: executed() }), { pass: true }],
    [
      'may lack its #! line: a shell reads it itself',
      published({ shell: SHELL, execution: executed(accepted, { inner: refused('ENOEXEC', 'script-no-shebang') }) }),
      { pass: true },
    ],
    [
      'may be empty: a shell executes nothing, and well',
      published({ shell: SHELL, execution: executed(accepted, { inner: refused('ENOEXEC', 'empty-file') }) }),
      { pass: true },
    ],
    [
      'comes second to a shell that is refused itself',
      published({ shell: SHELL, execution: executed(refused('ENOENT', 'entrypoint-not-found', '/bin/sh'), { inner }) }),
      { culprit: '/bin/sh', errno: 'ENOENT' },
    ],
    [
      'comes second to a shell that is suspect itself',
      published({ shell: SHELL, execution: executed(suspect('cpu-level', '/bin/sh'), { inner }) }),
      { culprit: '/bin/sh', fault: 'cpu-level' },
    ],
  ])('%s', expectCheck);
});

describe('metadata that disagree', () => {
  it.each<Row>([
    [
      'are wrong where the files fit the platform that the index lists',
      published({ claimed: ARM64 }),
      {
        present: true,
        pass: false,
        judged: true,
        fault: 'wrong-metadata',
        culprit: null,
        because:
          'The index lists it for linux/amd64, its own configuration says linux/arm64. The files fit linux/amd64 (/app/render is ELF for amd64), the image’s own metadata do not.',
      },
    ],
    [
      'are wrong where a script alone fits',
      single({ claimed: ARM64, execution: executed(accepted, { program: null }) }),
      {
        present: false,
        fault: 'wrong-metadata',
        because:
          'The reference is a single image for linux/arm64, not for linux/amd64. The files fit linux/amd64, the image’s own metadata do not.',
      },
    ],
    [
      'are right where the program runs only because such hosts run those programs too',
      published({
        claimed: { ...AMD64, architecture: '386' },
        execution: executed(accepted, { program: { name: '/app/render', is: elf('386') } }),
      }),
      {
        pass: false,
        judged: true,
        fault: 'wrong-platform-image',
        culprit: '/app/render',
        because:
          'The index lists it for linux/amd64, its own configuration says linux/386. /app/render is ELF for 386: it runs here only because such hosts usually run those programs too.',
      },
    ],
    [
      'fail on their own account where nothing could be executed',
      published({ claimed: ARM64, execution: denied }),
      {
        present: true,
        pass: false,
        judged: false,
        fault: 'wrong-metadata',
        entrypoint: '/app/render',
        because: 'The index lists it for linux/amd64, its own configuration says linux/arm64.',
      },
    ],
    [
      'mean another platform where a single image could not be executed',
      single({ claimed: ARM64, execution: null }),
      { present: false, pass: false, judged: false, fault: 'wrong-platform-image', entrypoint: '/app/render' },
    ],
    [
      'of the system mean another system, in an index',
      published({ claimed: WINDOWS, execution: null }),
      {
        present: true,
        pass: false,
        judged: false,
        fault: 'os-mismatch',
        entrypoint: '/app/render',
        because: 'The index lists it for linux/amd64, its own configuration says windows/amd64.',
      },
    ],
    [
      'of the system mean another system, alone',
      single({ claimed: WINDOWS, execution: null }),
      { present: false, fault: 'os-mismatch' },
    ],
    ['are not told of an image that states none', published({ claimed: UNKNOWN }), { pass: true, fault: 'none' }],
  ])('%s', expectCheck);
});
