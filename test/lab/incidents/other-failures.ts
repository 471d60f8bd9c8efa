import { makeElf } from '../../kernel/make-elf.ts';
import { deploy, executable, exitCode, good, imageOf, onArm, program, shell } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

/** It fails, and not because of a format: the bot says so, says what it is instead, and accuses no image. */
const other = {
  outcome: 'will-not-run',
  fault: 'not-exec-format',
  errno: null,
  confidence: ['proved', 'likely'],
} as const satisfies Expected;

/** Nothing is wrong. */
const healthy = { outcome: 'runs', fault: 'none', culprit: null, errno: null } as const satisfies Expected;

/** The negatives: what looks like an exec format error, or stands beside one, and is none. */
export const otherFailures: readonly IncidentCase[] = [
  {
    id: 'healthy',
    title: 'Nothing is wrong',
    source: 'field guide: answer key, verification',
    symptom: 'somebody asks to be sure',
    story: deploy('v2', good, {}, 'running'),
    expected: healthy,
  },
  {
    id: 'healthy-after-restarts',
    title: 'It failed a few times, and has run ever since',
    source: 'requirement: a healthy service',
    symptom: 'the log still shows old lines',
    story: deploy('v1', shell("echo 'retrying the queue'; exec sleep 600"), { restart: 'always' }, 'running'),
    expected: healthy,
  },
  {
    id: 'quoted-by-a-healthy-app',
    title: 'A healthy CI agent prints the error of the jobs that it runs',
    source: 'requirement: a log that merely quotes the error',
    symptom: 'an alert on the words exec format error in the logs',
    story: deploy(
      'v1',
      shell("echo 'exec /app/render: exec format error'; echo 'job 7 failed: exec format error'; exec sleep 600"),
      {},
      'running',
    ),
    expected: healthy,
  },
  {
    id: 'quoted-by-a-failing-app',
    title: 'An application fails, and its log quotes the error of another program',
    source: 'requirement: a log that merely quotes the error',
    symptom: 'exit status 1, and exec format error in the log',
    story: deploy('v1', shell("echo 'exec /srv/worker: exec format error'; echo 'giving up'; exit 1")),
    expected: other,
  },
  {
    id: 'quoted-in-a-sentence',
    title: 'An application writes about exec format errors, and ends',
    source: 'requirement: a log that merely quotes the error',
    symptom: 'exit status 3, exec format error in the last line',
    story: deploy('v1', shell("echo 'see https://wiki/faq: what to do about exec format error'; exit 3")),
    expected: other,
  },
  {
    id: 'old-error-in-the-log',
    title:
      'The foreign program was replaced; now the application fails by itself, and the old line is still in the log',
    source: 'DNSCrypt/dnscrypt-server-docker#79',
    symptom: 'exec format error in the log, exit status 3 now',
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
      { rewrite: '/plugins', file: 'run', mode: 0o755, content: makeElf({ code: exitCode(3) }) },
      { startAgain: '' },
    ],
    expected: other,
  },
  {
    id: 'application-error',
    title: 'The application ends with an error of its own',
    source: 'field guide: answer key, “Exit code 1 is generic”',
    symptom: 'exit status 1, a stack trace',
    story: deploy('v1', shell("echo 'Error: Cannot find module express'; exit 1")),
    expected: { ...other, says: /Cannot find module express/ },
  },
  {
    id: 'application-error-loop',
    title: 'The same, under a restart policy',
    source: 'field guide: mistake 1, what it is not',
    symptom: 'restarting again and again, and the right architecture',
    story: deploy('v1', shell("echo 'TypeError: x is undefined'; exit 1"), { restart: 'on-failure' }),
    expected: other,
  },
  {
    id: 'killed-by-the-kernel',
    title: 'The kernel kills it for want of memory',
    source: 'requirement: other failures',
    symptom: 'exit status 137, nothing is logged',
    story: deploy('v1', shell('(x=0123456789abcdef; while :; do x=$x$x; done); s=$?; sleep 1; exit $s'), {
      memory: 8 << 20,
    }),
    expected: { ...other, says: /(?:out|want) of memory|SIGKILL/i },
  },
  {
    id: 'port-in-use',
    title: 'Another process listens on its port',
    source: 'requirement: other failures',
    symptom: 'exit status 1: address already in use',
    story: deploy('v1', shell("echo 'Error: listen EADDRINUSE: address already in use :::8080'; exit 1")),
    expected: { ...other, says: /EADDRINUSE|already in use/ },
  },
  {
    id: 'configuration-missing',
    title: 'A variable of its configuration is not set',
    source: 'requirement: other failures',
    symptom: 'exit status 1: DATABASE_URL is not set',
    story: deploy('v1', shell("echo 'fatal: DATABASE_URL is not set'; exit 1")),
    expected: { ...other, says: /DATABASE_URL is not set/ },
  },
  {
    id: 'user-unknown',
    title: 'The container’s user is not in the image’s /etc/passwd',
    source: 'known cause: cwd, user and PATH',
    symptom: 'unable to find user render: no matching entries in passwd file',
    story: deploy('v1', good, { user: 'render' }),
    expected: { ...other, says: /user render|passwd/i },
  },
  {
    id: 'mount-of-a-folder-onto-a-file',
    title: 'The engine made a folder of a file that was to be mounted',
    source: 'docker/for-linux#675',
    symptom: 'not a directory: Are you trying to mount a directory onto a file',
    story: deploy('v1', imageOf(executable('/entrypoint.sh', '#!/bin/sh\nexec sleep 600\n')), {
      mounts: [{ at: '/entrypoint.sh', files: {} }],
    }),
    expected: { ...other, fault: ['not-exec-format', 'shadowed-by-mount'], says: /a mount|to mount|mounted/i },
  },
  {
    id: 'ended-well',
    title: 'A job that has done its work',
    source: 'requirement: a healthy service',
    symptom: 'the container is not running; its exit status is 0',
    story: deploy('v1', shell("echo 'migrated 12 tables'; exit 0")),
    expected: { outcome: ['runs', 'will-not-run'], fault: ['none', 'not-exec-format'], errno: null },
  },
  {
    id: 'never-started',
    title: 'Created, and never started: it would run',
    source: 'requirement: none, it would run',
    symptom: 'docker ps does not show it',
    story: deploy('v1', good, {}, 'created'),
    expected: { outcome: 'runs', fault: 'none', errno: null },
  },
  {
    id: 'never-started-and-foreign',
    title: 'Created, and never started: it would not run',
    source: 'requirement: hosts where the same digest is present but not started',
    symptom: 'docker ps does not show it',
    story: [{ push: 'v1', image: good }, ...deploy('v2', onArm, {}, 'created')],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'likely',
      offers: ['v1'],
    },
  },
  {
    id: 'by-digest-while-the-tag-moved',
    title: 'Production runs by digest; the tag was overwritten by a workstation',
    source: 'field guide: mini-story 3',
    symptom: 'staging is down, production is not',
    story: [
      { push: 'prod', index: [{ image: good }, { image: onArm }], named: 'the-release' },
      { pull: '@the-release' },
      { run: '@the-release', until: 'running' },
      { push: 'prod', image: onArm },
    ],
    expected: healthy,
  },
  {
    id: 'attestations-are-no-platforms',
    title: 'An index with attestation entries',
    source: 'zakura-core/zakura#554',
    symptom: 'a naive check reports unknown/unknown',
    story: [
      { push: 'v1', index: [{ image: good }, { attestation: true }, { image: onArm }, { attestation: true }] },
      { pull: 'v1' },
      { run: 'v1', until: 'running' },
    ],
    expected: healthy,
  },
  {
    id: 'tag-broken-while-it-runs',
    title: 'It runs, and its tag has been overwritten since: it breaks at the next deployment, not now',
    source: 'field guide: mini-story 1',
    symptom: 'none yet',
    story: [
      { push: 'prod', image: good, named: 'as-it-runs' },
      { pull: 'prod' },
      { run: 'prod', until: 'running' },
      { push: 'prod', image: onArm },
    ],
    expected: healthy,
  },
  {
    id: 'stopped-by-an-operator',
    title: 'Somebody has stopped it',
    source: 'requirement: other failures',
    symptom: 'the container is not running',
    story: [...deploy('v1', good, {}, 'running'), { stop: '' }],
    expected: { outcome: ['runs', 'will-not-run'], fault: ['none', 'not-exec-format'], errno: null },
  },
];
