import { deploy, executable, good, imageOf, NO_OTHER_IMAGE, program, render } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';
import { dynamicProgram, glibc, library } from './library-programs.ts';

const RENDER = '/app/render';

const dynamic = { layers: [[dynamicProgram, ...glibc, library]], entrypoint: [RENDER] };

/** Neither an older nor a newer image would help: what is wrong is how it is run here. */
const aroundTheImage = {
  outcome: 'will-not-run',
  must: [
    { kind: 'rebuild', fit: 'useless' },
    { kind: 'rollback-to-digest', fit: 'useless' },
  ],
  mustNot: NO_OTHER_IMAGE,
} as const satisfies Partial<Expected>;

const denies = (...names: string[]) =>
  `seccomp=${JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names, action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
  })}`;

/** The image is right: mounts and policies of the host are not. */
export const hostIncidents: readonly IncidentCase[] = [
  {
    id: 'shadowed-by-an-empty-folder',
    title: 'A bind mount of an empty folder hides the program',
    source: 'tuxpeople/docker-podsync#96; docker/for-linux#256; slskd/slskd#1341',
    symptom: 'exec: "/app/render": stat /app/render: no such file or directory',
    story: [{ push: 'v1', image: good }, ...deploy('v2', good, { mounts: [{ at: '/app', files: {} }] })],
    expected: {
      ...aroundTheImage,
      fault: 'shadowed-by-mount',
      culprit: RENDER,
      errno: 'ENOENT',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'shadowed-by-an-old-volume',
    title: 'A volume keeps the program of the first, foreign version',
    source: 'CM2Walki/TF2#4',
    symptom: 'exec format error; the new image is right, and fails as the old one did',
    story: [
      { push: 'v1', image: imageOf(executable(RENDER, program('arm64', 'v1'))) },
      { push: 'v2', image: good },
      { pull: 'v1' },
      { pull: 'v2' },
      { volume: 'app', options: {} },
      { run: 'v1', with: { mounts: [{ at: '/app', volume: 'app' }] } },
      { removeContainer: '' },
      { run: 'v2', with: { mounts: [{ at: '/app', volume: 'app' }] } },
    ],
    expected: {
      ...aroundTheImage,
      fault: 'shadowed-by-mount',
      culprit: RENDER,
      errno: 'ENOEXEC',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'shadowed-by-a-tmpfs',
    title: 'A tmpfs for scratch files hides the program',
    source: 'FreshRSS/FreshRSS#8674',
    symptom: 'no such file or directory',
    story: deploy('v1', good, { tmpfs: { '/app': 'rw' } }),
    expected: {
      ...aroundTheImage,
      fault: 'shadowed-by-mount',
      culprit: RENDER,
      errno: 'ENOENT',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'mounted-script-with-crlf',
    title: 'A file of the host with CRLF is mounted over the entrypoint',
    source: 'field guide: scenario D',
    symptom: 'no such file or directory; the image alone starts',
    story: deploy('v1', imageOf(executable('/entrypoint.sh', '#!/bin/sh\nexec sleep 600\n')), {
      mounts: [{ at: '/entrypoint.sh', file: { mode: 0o755, content: '#!/bin/sh\r\nexec sleep 600\r\n' } }],
    }),
    expected: {
      ...aroundTheImage,
      fault: ['shadowed-by-mount', 'script-crlf'],
      errno: 'ENOENT',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'mounted-script-without-exec-bit',
    title: 'The entrypoint is mounted from the host, where it is not executable',
    source: 'i-doit#4',
    symptom: 'permission denied',
    story: deploy(
      'v1',
      { ...good, entrypoint: ['/scripts/start.sh'] },
      {
        mounts: [{ at: '/scripts', files: { 'start.sh': { mode: 0o644, content: '#!/bin/sh\nexec sleep 600\n' } } }],
      },
    ),
    expected: {
      outcome: 'will-not-run',
      fault: ['not-executable', 'shadowed-by-mount'],
      culprit: '/scripts/start.sh',
      errno: 'EACCES',
      confidence: 'proved',
      mustNot: NO_OTHER_IMAGE,
    },
  },
  {
    id: 'noexec-mount',
    title: 'The program lies on a file system that is mounted noexec',
    source: 'argoproj/argo-cd#21870',
    symptom: 'permission denied for a file with mode 755, also as root',
    story: [
      { push: 'v1', image: good },
      { pull: 'v1' },
      { volume: 'tools', options: { type: 'tmpfs', device: 'tmpfs', o: 'noexec' } },
      {
        run: 'v1',
        as: 'installer',
        with: {
          entrypoint: ['/bin/sh', '-c', 'cp /app/render /tools/render && exec sleep 600'],
          mounts: [{ at: '/tools', volume: 'tools' }],
        },
        until: 'running',
      },
      { run: 'v1', with: { entrypoint: ['/tools/render'], mounts: [{ at: '/tools', volume: 'tools' }] } },
    ],
    expected: {
      ...aroundTheImage,
      fault: 'noexec-mount',
      culprit: '/tools/render',
      errno: 'EACCES',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'seccomp-refuses-execve',
    title: 'The seccomp profile denies execve',
    source: 'moby/moby#36830',
    symptom: 'exec /app/render: operation not permitted',
    story: [{ push: 'v1', image: good }, ...deploy('v2', good, { securityOptions: [denies('execve', 'execveat')] })],
    expected: {
      ...aroundTheImage,
      fault: 'security-policy',
      culprit: RENDER,
      errno: 'EPERM',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'foreign-and-mounted-beside',
    title: 'Mounts that have nothing to do with it',
    source: 'field guide: answer key, with the mounts of a service in production',
    symptom: 'exec format error; /etc/render is mounted, /app is not',
    story: deploy('v1', imageOf(render('arm64')), {
      mounts: [{ at: '/etc/render', files: { 'render.conf': { mode: 0o644, content: 'workers=4\n' } } }],
      tmpfs: { '/tmp': 'rw' },
      readOnly: true,
    }),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: RENDER,
      errno: 'ENOEXEC',
      confidence: 'proved',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
    },
  },
  {
    id: 'loader-shadowed',
    title: 'A mount over /lib64 hides the dynamic loader',
    source: 'docker/for-linux#256; bitnami/wait-for-port#9',
    symptom: 'no such file or directory; the program is there',
    story: [
      { push: 'v1', image: { ...dynamic, labels: { release: '1' } } },
      ...deploy('v2', dynamic, { mounts: [{ at: '/lib64', files: {} }] }),
    ],
    expected: {
      ...aroundTheImage,
      fault: 'shadowed-by-mount',
      culprit: '/lib64/ld-linux-x86-64.so.2',
      errno: 'ENOENT',
      confidence: ['proved', 'likely'],
    },
  },
  {
    id: 'library-shadowed',
    title: 'A mount over /usr/lib hides a library',
    source: 'docker/for-linux#256; agent-portal#1289',
    symptom: 'error while loading shared libraries; the library is in the image',
    story: [
      { push: 'v1', image: { ...dynamic, labels: { release: '1' } } },
      ...deploy('v2', dynamic, { mounts: [{ at: '/usr/lib', files: {} }] }),
    ],
    expected: {
      outcome: 'will-not-run',
      fault: ['shadowed-by-mount', 'library-missing'],
      culprit: ['libcorp.so.1', '/usr/lib/libcorp.so.1'],
      errno: null,
      mustNot: NO_OTHER_IMAGE,
    },
  },
];
