import { describe, it } from 'vitest';
import type { ErrnoName, FaultCode, Outcome } from '../../../src/kernel/outcome.ts';
import { known } from '../../../src/playbook/answer.ts';
import type { InstanceEvidence, PristineEvidence } from '../../../src/playbook/instance-evidence.ts';
import { expectVerdict, fails, type Row, reported, saying } from '../expect-verdict.ts';
import { AMD64, ARM64, imageFor, incident, mounted, refused } from '../incident.ts';
import { accepted, missing } from '../sample-evidence.ts';

const WORDS: Partial<Record<ErrnoName, string>> = {
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  EACCES: 'permission denied',
};

/** The published image, tried on the same host; it would run, and the file there is another one than here. */
const image = (set: Partial<PristineEvidence> = {}): Pick<InstanceEvidence, 'pristine'> => ({
  pristine: known({ outcome: accepted, sameFile: false, changedInContainer: false, ...set }),
});

/** Just what the runtime reports is what the files lead to, in a container with these mounts. */
function seen(
  outcome: Outcome,
  mounts: readonly [kind: string, destination: string][] = [],
  rest: Partial<Pick<InstanceEvidence, 'pristine' | 'localImage' | 'published' | 'host' | 'instance'>> = {},
): InstanceEvidence {
  const words = WORDS[outcome.outcome as ErrnoName] ?? '';
  const facts = { mounts: mounts.map(([kind, destination]) => mounted(kind, destination)) };
  return incident({ log: reported(words), facts, outcome, ...rest });
}

const absent = (fault: FaultCode = 'entrypoint-not-found', culprit = '/app/render') =>
  refused('ENOENT', fault, culprit);
const empty = refused('ENOEXEC', 'empty-file');

describe('a foreign file', () => {
  const foreign = refused('ENOEXEC', 'wrong-arch-binary');
  const windows = { ...AMD64, os: 'windows' };
  it.each<Row>([
    [
      'is the image’s fault when the image is for another platform itself',
      seen(foreign, [], imageFor(ARM64)),
      { fault: 'wrong-platform-image' },
    ],
    ['is its own fault in an image for the host', seen(foreign), { fault: 'wrong-arch-binary' }],
    ['is of another system when the image is', seen(foreign, [], imageFor(windows)), { fault: 'os-mismatch' }],
    [
      'is its own fault while nobody knows the host',
      seen(foreign, [], { ...imageFor(ARM64), host: missing }),
      { fault: 'wrong-arch-binary' },
    ],
    [
      'is its own fault while nobody knows what the image is for',
      seen(foreign, [], { localImage: missing, published: missing }),
      { fault: 'wrong-arch-binary' },
    ],
    [
      'is the interpreter’s in an image for another platform',
      seen(refused('ENOEXEC', 'interpreter-wrong-arch', '/bin/sh'), [], imageFor(ARM64)),
      { fault: 'wrong-platform-image', culprit: '/bin/sh' },
    ],
  ])('%s', expectVerdict);
});

describe('a file that is not there, below a mount', () => {
  it.each<Row>([
    [
      'is hidden by it when the image has it',
      seen(absent(), [['bind', '/app']], image()),
      {
        fault: 'shadowed-by-mount',
        culprit: '/app/render',
        errno: 'ENOENT',
        confidence: 'proved',
        summary: fails(
          '/app/render is refused. The image has it, but the bind mount at /app hides what the image has there.',
        ),
      },
    ],
    [
      'may be hidden by it while the image cannot be read',
      seen(absent(), [['bind', '/app']]),
      {
        fault: 'shadowed-by-mount',
        confidence: 'possible',
        summary: fails(
          '/app/render is refused. The image may have it, but the bind mount at /app hides what the image has there.',
        ),
      },
    ],
    [
      'is missing in the image too when the image would not run either',
      seen(absent(), [['bind', '/app']], image({ outcome: absent() })),
      { fault: 'entrypoint-not-found', confidence: 'proved' },
    ],
    [
      'is not hidden by a mount elsewhere',
      seen(absent(), [['bind', '/data']], image({ sameFile: true })),
      { fault: 'entrypoint-not-found' },
    ],
    ...(['entrypoint-is-directory', 'interpreter-missing', 'loader-missing'] as const).map(
      (fault): Row => [
        `is hidden by it, told as ${fault}`,
        seen(absent(fault), [['volume', '/app']], image()),
        { fault: 'shadowed-by-mount' },
      ],
    ),
    [
      'may be a library that is named by its path, while the image cannot be read',
      seen(absent('library-missing', '/app/libx.so'), [['bind', '/app']]),
      { fault: 'shadowed-by-mount', confidence: 'possible' },
    ],
    [
      'is hidden by the nearest mount',
      seen(
        absent(),
        [
          ['volume', '/'],
          ['bind', '/app'],
        ],
        image(),
      ),
      { summary: saying('the bind mount at /app') },
    ],
  ])('%s', expectVerdict);
});

describe('a file that is there and wrong, below a mount', () => {
  it.each<Row>([
    [
      'is an earlier image’s when a volume kept it, and the image has a whole one',
      seen(empty, [['volume', '/app']], image()),
      { fault: 'shadowed-by-mount', confidence: 'proved', summary: saying('the volume mount at /app hides') },
    ],
    [
      'is told for what it is while the image cannot be read',
      seen(empty, [['volume', '/app']]),
      { fault: 'empty-file' },
    ],
    [
      'is told for what it is when a bind mount brings it',
      seen(empty, [['bind', '/app']], image()),
      { fault: 'empty-file' },
    ],
    [
      'is the image’s when the image would not run either',
      seen(empty, [['volume', '/app']], image({ outcome: empty })),
      { fault: 'empty-file' },
    ],
    ...(
      [
        'truncated-binary',
        'foreign-format',
        'script-no-shebang',
        'wrong-arch-binary',
        'interpreter-wrong-arch',
        'loader-wrong-arch',
      ] as const
    ).map(
      (fault): Row => [
        `is an earlier image’s, told as ${fault}`,
        seen(refused('ENOEXEC', fault), [['volume', '/app']], image()),
        { fault: 'shadowed-by-mount' },
      ],
    ),
    [
      'is an earlier image’s without its x bit',
      seen(refused('EACCES', 'not-executable'), [['volume', '/app']], image()),
      { fault: 'shadowed-by-mount' },
    ],
    [
      'is a script of the image’s that names itself, whatever is mounted',
      seen(refused('ENOENT', 'script-crlf'), [['volume', '/app']], image()),
      { fault: 'script-crlf' },
    ],
    [
      'has no name to look for below a mount',
      seen({ ...empty, culprit: null }, [['volume', '/app']], image({ sameFile: null })),
      { fault: 'empty-file' },
    ],
  ])('%s', expectVerdict);
});

describe('a library that is missing', () => {
  const library = refused('ENOENT', 'library-missing', 'libx.so.1');
  it.each<Row>([
    [
      'is hidden by what is mounted when the image has it: it is looked for in many folders',
      seen(
        library,
        [
          ['volume', '/usr/lib'],
          ['bind', '/opt/lib'],
        ],
        image({ sameFile: null }),
      ),
      {
        fault: 'shadowed-by-mount',
        culprit: 'libx.so.1',
        confidence: 'proved',
        summary: fails('libx.so.1 is refused. The image has it; what is mounted at /usr/lib, /opt/lib hides it.'),
      },
    ],
    ['is missing where nothing is mounted', seen(library, [], image({ sameFile: null })), { fault: 'library-missing' }],
    [
      'is missing while the image cannot be read',
      seen(library, [['volume', '/usr/lib']]),
      { fault: 'library-missing' },
    ],
    [
      'is missing in the image too',
      seen(library, [['volume', '/usr/lib']], image({ outcome: library })),
      { fault: 'library-missing' },
    ],
    [
      'is the only thing that a mount elsewhere can hide',
      seen(absent(), [['volume', '/usr/lib']], image({ sameFile: null })),
      { fault: 'entrypoint-not-found' },
    ],
  ])('%s', expectVerdict);
});

describe('a file that differs from the published image, which would run', () => {
  it.each<Row>([
    [
      'is damaged on this node when nothing in the container wrote it',
      seen(empty, [], image()),
      {
        fault: 'node-corruption',
        culprit: '/app/render',
        errno: 'ENOEXEC',
        confidence: 'proved',
        summary: fails(
          '/app/render is refused. In the published image that file is whole, and it would run: the copy on this node is damaged.',
        ),
      },
    ],
    [
      'was overwritten by the container itself when the engine lists it as changed',
      seen(empty, [], image({ changedInContainer: true })),
      {
        fault: 'node-corruption',
        summary: fails(
          '/app/render is refused. The container itself has changed that file: in its image it is whole, and a new container of the same image would run.',
        ),
      },
    ],
    [
      'is told for what it is while nobody knows who wrote it',
      seen(empty, [], image({ changedInContainer: null })),
      { fault: 'empty-file' },
    ],
    [
      'is told for what it is while nobody knows whether it differs',
      seen(empty, [], image({ sameFile: null })),
      { fault: 'empty-file' },
    ],
    ['and is the same file is no damage', seen(empty, [], image({ sameFile: true })), { fault: 'empty-file' }],
    [
      'and is the same file was not changed by the container',
      seen(empty, [], image({ sameFile: true, changedInContainer: true })),
      { fault: 'empty-file' },
    ],
    [
      'is no damage when that image would not run either',
      seen(empty, [], image({ outcome: empty })),
      { fault: 'empty-file' },
    ],
    [
      'is no proof of a container’s doing when that image would not run either',
      seen(empty, [], image({ outcome: empty, changedInContainer: true })),
      { fault: 'empty-file' },
    ],
    [
      'is no damage of the node when a bind mount brings it',
      seen(empty, [['bind', '/app']], image()),
      { fault: 'empty-file' },
    ],
    [
      'is damaged on this node, whatever is mounted elsewhere',
      seen(empty, [['bind', '/data']], image()),
      { fault: 'node-corruption' },
    ],
    [
      'is damaged on this node: its x bit was lost',
      seen(refused('EACCES', 'not-executable'), [], image()),
      { fault: 'node-corruption' },
    ],
    ['is damaged on this node: it is gone', seen(absent(), [], image()), { fault: 'node-corruption' }],
    [
      'is damaged on this node: a version is missing',
      seen(refused('ENOENT', 'symbol-version-missing', '/lib/libc.so.6'), [], image()),
      { fault: 'node-corruption' },
    ],
    [
      'says nothing of faults that are no file’s',
      seen(refused('ENOENT', 'emulation-broken'), [], image()),
      { fault: 'emulation-broken' },
    ],
    [
      'has no name that could lie on a mount',
      seen({ ...empty, culprit: null }, [['bind', '/app']], image()),
      { fault: 'node-corruption' },
    ],
  ])('%s', expectVerdict);
});
