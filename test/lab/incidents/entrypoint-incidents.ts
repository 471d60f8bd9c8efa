import {
  deploy,
  executable,
  good,
  imageOf,
  NO_OTHER_IMAGE,
  NO_PLATFORM_REMEDIES,
  program,
  render,
} from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const RENDER = '/app/render';

const inTheImage = {
  outcome: 'will-not-run',
  confidence: 'proved',
  must: [{ kind: 'fix-file', fit: 'fixes' }],
  mustNot: NO_PLATFORM_REMEDIES,
} as const satisfies Partial<Expected>;

/** The container's own settings are wrong; every image of the service fails in the same way. */
const inTheCommand = {
  outcome: 'will-not-run',
  confidence: 'proved',
  mustNot: [...NO_OTHER_IMAGE, ...NO_PLATFORM_REMEDIES],
} as const satisfies Partial<Expected>;

/** What is executed is not what people think: look-ups, permissions, users, folders, and what the container overrides. */
export const entrypointIncidents: readonly IncidentCase[] = [
  {
    id: 'no-exec-bit',
    title: 'The entrypoint was committed without its exec bit',
    source: 'i-doit#4',
    symptom: 'OCI runtime create failed … permission denied',
    story: [
      { push: 'v1', image: good },
      ...deploy('v2', imageOf(executable('/entrypoint.sh', '#!/bin/sh\nexec sleep 600\n', 0o644))),
    ],
    expected: { ...inTheImage, fault: 'not-executable', culprit: '/entrypoint.sh', errno: 'EACCES', offers: ['v1'] },
  },
  {
    id: 'no-exec-bit-by-its-bare-name',
    title: 'Without its exec bit a program in PATH is not even found',
    source: 'known cause: no exec bit, a bare name',
    symptom: 'executable file not found in $PATH, and yet it is there',
    story: deploy('v1', {
      layers: [[executable('/usr/local/bin/render', program('amd64'), 0o644)]],
      entrypoint: ['render'],
    }),
    expected: { ...inTheImage, fault: 'not-executable', errno: 'ENOENT' },
  },
  {
    id: 'only-root-may-execute',
    title: 'The program may be executed by root only, the container runs as another user',
    source: 'known cause: cwd, user and PATH',
    symptom: 'permission denied; with --user 0 it runs',
    story: deploy('v1', { ...imageOf(executable(RENDER, program('amd64'), 0o700)), user: 'app' }),
    expected: { ...inTheImage, fault: 'not-executable', errno: 'EACCES' },
  },
  {
    id: 'folder-closed-to-the-user',
    title: 'A folder above the program is closed to the container’s user',
    source: 'known cause: cwd, user and PATH',
    symptom: 'permission denied for a file with mode 755',
    story: deploy('v1', {
      layers: [[{ path: '/root', mode: 0o700, directory: true }, executable('/root/app/render', program('amd64'))]],
      entrypoint: ['/root/app/render'],
      user: '1000:1000',
    }),
    expected: { ...inTheImage, fault: 'not-executable', errno: 'EACCES' },
  },
  {
    id: 'entrypoint-is-a-folder',
    title: 'The entrypoint is the folder of the program',
    source: 'known cause: directory',
    symptom: 'OCI runtime create failed … permission denied, or: is a directory',
    story: deploy('v1', { layers: [[render('amd64')]], entrypoint: ['/app'] }),
    expected: { ...inTheImage, fault: 'entrypoint-is-directory', culprit: '/app', errno: ['EACCES', 'EISDIR'] },
  },
  {
    id: 'entrypoint-not-found',
    title: 'The stage copied the program to another place',
    source: 'kubevirt/kubevirt#2693',
    symptom: 'OCI runtime create failed … stat /app/render: no such file or directory',
    story: [
      { push: 'v1', image: good },
      ...deploy('v2', { layers: [[executable('/app/bin/render', program('amd64'))]], entrypoint: [RENDER] }),
    ],
    expected: {
      ...inTheImage,
      fault: 'entrypoint-not-found',
      culprit: RENDER,
      errno: 'ENOENT',
      must: [{ kind: ['fix-file', 'rebuild'], fit: 'fixes' }],
      offers: ['v1'],
    },
  },
  {
    id: 'program-and-arguments-in-one-string',
    title: 'Program and arguments stand in one string',
    source: 'known cause: entrypoint not found',
    symptom: 'exec: "/app/render --port 80": no such file or directory',
    story: deploy('v1', { layers: [[render('amd64')]], entrypoint: ['/app/render --port 80'] }),
    expected: {
      ...inTheImage,
      fault: 'entrypoint-not-found',
      culprit: '/app/render --port 80',
      errno: 'ENOENT',
      must: [{ kind: ['fix-file', 'rebuild'], fit: 'fixes' }],
    },
  },
  {
    id: 'override-mistyped',
    title: 'The deployment overrides the entrypoint, and mistypes it',
    source: 'field guide: task 7',
    symptom: 'no such file or directory; the same image runs on the other host',
    story: deploy('v1', good, { entrypoint: ['/app/rendr'] }),
    expected: { ...inTheCommand, fault: 'entrypoint-not-found', culprit: '/app/rendr', errno: 'ENOENT' },
  },
  {
    id: 'path-overridden',
    title: 'The deployment sets a PATH that does not hold the program',
    source: 'known cause: cwd, user and PATH',
    symptom: 'executable file not found in $PATH',
    story: deploy(
      'v1',
      { layers: [[executable('/usr/local/bin/render', program('amd64'))]], entrypoint: ['render'] },
      { env: ['PATH=/opt/tools:/sbin'] },
    ),
    expected: { ...inTheCommand, fault: 'entrypoint-not-found', culprit: 'render', errno: 'ENOENT' },
  },
  {
    id: 'working-directory-overridden',
    title: 'A relative entrypoint, and another working directory',
    source: 'FreshRSS/FreshRSS#8674',
    symptom: 'exec: "./render": stat ./render: no such file or directory',
    story: deploy(
      'v1',
      { layers: [[render('amd64')]], entrypoint: ['./render'], workdir: '/app' },
      { workdir: '/tmp' },
    ),
    expected: { ...inTheCommand, fault: 'entrypoint-not-found', culprit: './render', errno: 'ENOENT' },
  },
  {
    id: 'foreign-program-under-init',
    title: 'docker run --init hides what the kernel said',
    source: 'known cause: `docker run --init` with a foreign ELF',
    symptom: 'the container ends with 2: Syntax error; no word of a format',
    story: deploy('v1', imageOf(render('arm64')), { init: true }),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: RENDER,
      confidence: ['proved', 'likely'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
    },
  },
  {
    id: 'foreign-program-in-shell-form',
    title: 'The shell form: sh is right, the program that it runs is foreign',
    source: 'field guide: scenario C',
    symptom: 'the container ends with 2 or 126; a shell complains of the program',
    story: deploy('v1', { layers: [[render('arm64')]], entrypoint: ['/bin/sh', '-c', RENDER] }),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: RENDER,
      confidence: ['likely', 'possible'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
    },
  },
  {
    id: 'script-executes-a-foreign-program',
    title: 'The entrypoint script is right, the program that it executes is foreign',
    source: 'techschool/simplebank#109',
    symptom: 'the script’s own lines are in the log, then an error of its shell',
    story: deploy('v1', {
      layers: [[render('arm64'), executable('/entrypoint.sh', '#!/bin/sh\necho migrating\nexec /app/render\n')]],
      entrypoint: ['/entrypoint.sh'],
    }),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: RENDER,
      confidence: ['likely', 'possible'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
    },
  },
];
