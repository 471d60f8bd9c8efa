import { readFile } from 'node:fs/promises';
import { makeElf } from '../../kernel/make-elf.ts';
import { deploy, executable, exitCode, good, imageOf, onArm, program, render, shell } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const RENDER = '/app/render';
const START = '/docker-entrypoint.sh';
/** Ends with an error of its own. */
const failing = executable('/app/server', makeElf({ code: exitCode(1) }));

/** pause(2) again and again, for 32-bit x86. */
const PAUSE_I386 = new Uint8Array([0xb8, 0x1d, 0, 0, 0, 0xcd, 0x80, 0xeb, 0xf7]);

const foreignBehind = {
  outcome: 'will-not-run',
  fault: 'wrong-arch-binary',
  culprit: RENDER,
  confidence: ['likely', 'possible', 'proved'],
  must: [{ kind: 'rebuild', fit: 'fixes' }],
} as const satisfies Expected;

const other = { outcome: 'will-not-run', fault: 'not-exec-format', errno: null } as const satisfies Expected;

const foreignImage = {
  outcome: 'will-not-run',
  fault: 'wrong-platform-image',
  culprit: RENDER,
  errno: 'ENOEXEC',
  confidence: 'proved',
} as const satisfies Expected;

/** Where a rule that is right most of the time would accuse the wrong file, or offer a way that leads nowhere. */
export const cursedIncidents: readonly IncidentCase[] = [
  {
    id: 'entrypoint-executes-its-command',
    title: 'exec "$@": the entrypoint script is right, the command is foreign',
    source: 'goniszewski/grimoire#176',
    symptom: 'the container ends with 126 or 2; an error of the script’s shell',
    story: deploy('v1', {
      layers: [[render('arm64'), executable(START, '#!/bin/sh\nset -e\nexec "$@"\n')]],
      entrypoint: [START],
      cmd: [RENDER],
    }),
    expected: foreignBehind,
  },
  {
    id: 'tini-in-the-image',
    title: 'The image’s own tini is right, the program that it starts is foreign',
    source: 'known cause: `docker run --init` with a foreign ELF',
    symptom: 'the container ends with 2 or 127: tini lets a shell read the program',
    story: deploy('v1', {
      layers: [[{ path: '/sbin/tini', make: () => readFile('/usr/bin/docker-init') }, render('arm64')]],
      entrypoint: ['/sbin/tini', '--', RENDER],
    }),
    expected: foreignBehind,
  },
  {
    id: 'env-as-entrypoint',
    title: 'env is right, the program that it starts is foreign',
    source: 'known cause: wrong architecture or byte order',
    symptom: 'the container ends with 126',
    story: deploy('v1', { layers: [[render('arm64')]], entrypoint: ['/usr/bin/env', 'MODE=prod', RENDER] }),
    expected: foreignBehind,
  },
  {
    id: 'foreign-tool-that-is-not-executed',
    title: 'A script names a foreign tool in a branch that was not taken, and its server fails by itself',
    source: 'requirement: never a false accusation',
    symptom: 'exit status 1',
    story: deploy('v1', {
      layers: [
        [
          failing,
          executable('/opt/arm-tool', program('arm64')),
          executable(START, '#!/bin/sh\ncase "$MODE" in arm) exec /opt/arm-tool ;; esac\nexec /app/server\n'),
        ],
      ],
      entrypoint: [START],
    }),
    expected: other,
  },
  {
    id: 'failing-beside-a-foreign-file',
    title: 'The application fails by itself; a foreign file lies beside it',
    source: 'requirement: never a false accusation',
    symptom: 'exit status 1',
    story: deploy('v1', {
      layers: [[failing, render('arm64')]],
      entrypoint: ['/app/server'],
      cmd: ['--plugin', RENDER],
    }),
    expected: other,
  },
  {
    id: 'application-speaks-like-the-runtime',
    title: 'An application prints the very line that the runtime would print of it',
    source: 'requirement: a log that merely quotes the error',
    symptom: 'exec /app/start: exec format error, exit status 1; the kernel would execute every file',
    story: deploy(
      'v1',
      imageOf(executable('/app/start', "#!/bin/sh\necho 'exec /app/start: exec format error'\nexit 1\n")),
    ),
    expected: { outcome: ['inconclusive', 'will-not-run'], fault: [null, 'not-exec-format'] },
  },
  {
    id: 'mended-and-running',
    title: 'The mounted program was replaced, it runs now; the error is still in the log',
    source: 'DNSCrypt/dnscrypt-server-docker#79',
    symptom: 'exec format error in the log of a service that is well',
    story: [
      { push: 'v1', image: good },
      { pull: 'v1' },
      {
        run: 'v1',
        with: {
          entrypoint: ['/plugins/run'],
          mounts: [{ at: '/plugins', files: { run: { mode: 0o755, content: program('arm64') } } }],
        },
      },
      { rewrite: '/plugins', file: 'run', mode: 0o755, content: program('amd64') },
      { startAgain: '', until: 'running' },
    ],
    expected: { outcome: 'runs', fault: 'none', culprit: null, errno: null },
  },
  {
    id: 'stale-and-mended-wrongly',
    title: 'The tag has moved since, to another image that is as foreign',
    source: 'field guide: mini-story 1',
    symptom: 'exec format error; docker pull brings a new image, and the same error',
    story: [...deploy('prod', onArm), { push: 'prod', image: { ...onArm, labels: { attempt: '2' } } }],
    expected: {
      ...foreignImage,
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: ['repull', 'pull-platform'], fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'forced-and-the-other-entry-broken',
    title: 'A platform was forced, and the entry for this host is no better',
    source: 'docker/compose#10185; cloudposse/atmos#2931',
    symptom: 'exec format error; with the right platform too',
    story: [
      { push: 'v1', index: [{ image: imageOf(render('arm64')) }, { image: onArm }] },
      { pull: 'v1', platform: 'linux/arm64' },
      { run: 'v1', with: { platform: 'linux/arm64' } },
    ],
    expected: {
      ...foreignImage,
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: ['pull-platform', 'repull'], fit: 'fixes' }],
    },
  },
  {
    id: 'shell-form-from-scratch',
    title: 'The shell form in an image that has no shell',
    source: 'known cause: entrypoint not found',
    symptom: 'exec: "/bin/sh": stat /bin/sh: no such file or directory',
    story: deploy('v1', { ...shell('exec /app/render'), base: null }),
    expected: {
      outcome: 'will-not-run',
      fault: 'entrypoint-not-found',
      culprit: '/bin/sh',
      errno: 'ENOENT',
      confidence: 'proved',
    },
  },
  {
    id: 'link-to-nowhere',
    title: 'The entrypoint is a link to a file that was not copied',
    source: 'known cause: entrypoint not found',
    symptom: 'no such file or directory; ls shows the link',
    story: deploy('v1', { layers: [[{ path: '/app/render', link: '/opt/render/bin/render' }]], entrypoint: [RENDER] }),
    expected: {
      outcome: 'will-not-run',
      fault: 'entrypoint-not-found',
      culprit: RENDER,
      errno: 'ENOENT',
      confidence: 'proved',
    },
  },
  {
    id: 'program-of-32-bits',
    title: 'A program for 32-bit x86, which a 64-bit host runs',
    source: 'known cause: what is none, 386 on amd64',
    symptom: 'the image says linux/386, a naive check says: wrong platform',
    story: deploy(
      'v1',
      {
        claims: 'linux/386',
        base: null,
        layers: [[executable(RENDER, makeElf({ bits: 32, code: PAUSE_I386 }))]],
        entrypoint: [RENDER],
      },
      {},
      'running',
    ),
    expected: { outcome: 'runs', fault: ['none', 'wrong-metadata'], errno: null },
  },
];
