import { deploy, executable, good, imageOf, program, render } from './contents.ts';
import type { ImageRecipe } from './image-recipe.ts';
import type { IncidentCase } from './incident-case.ts';

/** Says linux/amd64 and stands on an amd64 base; the program is for ARM64. */
const armProgram: ImageRecipe = { layers: [[render('arm64')]], entrypoint: ['/app/render'] };

/** Metadata that tells the truth about the wrong thing: it fits the host, the program does not; or the reverse. */
export const metadataIncidents: readonly IncidentCase[] = [
  {
    id: 'cached-artifact',
    title: 'A cache without the architecture in its key put an ARM64 program into an amd64 image',
    source: 'field guide: mini-story 2, mistake 3, guardrail 5',
    symptom: 'the image says linux/amd64, the node is amd64, and yet: exec format error',
    story: [{ push: 'prod', image: armProgram }, { pull: 'prod' }, { run: 'prod' }],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: ['stage-copied-wrong-file', 'cache-without-arch'],
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
      mustNot: [{ kind: 'repull', fit: 'fixes' }],
    },
  },
  {
    id: 'tini-of-the-wrong-arch',
    title: 'The helper tini was downloaded for another architecture',
    source: 'minideb#241',
    symptom: 'exec /usr/bin/tini: exec format error; the application itself is right',
    story: [
      {
        push: 'v1',
        image: {
          layers: [[executable('/usr/bin/tini', program('arm64'))], [render('amd64')]],
          entrypoint: ['/usr/bin/tini', '--'],
          cmd: ['/app/render'],
        },
      },
      { pull: 'v1' },
      { run: 'v1' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/usr/bin/tini',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: 'stage-copied-wrong-file',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: 'pull-platform', fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'whole-image-pinned-to-the-build-platform',
    title: 'The last stage is pinned to $BUILDPLATFORM: the metadata is right, all of the files are foreign',
    source: 'cloudposse/atmos#2931; lightninglabs/loop#1211; miigotu/certbot-dns-godaddy#22',
    symptom: 'docker manifest inspect shows both platforms, and amd64 still fails',
    story: [
      {
        push: 'v1',
        index: [
          { image: { ...imageOf(render('arm64')), base: 'arm64' } },
          { image: { ...imageOf(render('arm64')), base: 'arm64', claims: 'linux/arm64' } },
        ],
      },
      { pull: 'v1' },
      { run: 'v1' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: ['stage-copied-wrong-file', 'cache-without-arch'],
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
      mustNot: [{ kind: 'repull', fit: 'fixes' }],
    },
  },
  {
    id: 'one-layer-under-two-platforms',
    title: 'A remote cache gave both platforms the same layer',
    source: 'buildbuddy-io/buildbuddy#12481; GoogleContainerTools/kaniko#3350; indeedeng/harbor-container-webhook#23',
    symptom: 'exec format error on one of two architectures; the base is right, the program is not',
    story: [
      {
        push: 'v1',
        index: [
          { image: imageOf(render('arm64')) },
          { image: { ...imageOf(render('arm64')), base: 'arm64', claims: 'linux/arm64' } },
        ],
      },
      { pull: 'v1' },
      { run: 'v1' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: ['stage-copied-wrong-file', 'cache-without-arch'],
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
    },
  },
  {
    id: 'init-downloaded-for-another-arch',
    title: 'dumb-init was downloaded by a name with a fixed architecture',
    source: 'rcribbs/arch-vnc-headless#5',
    symptom: 'exec /usr/local/bin/dumb-init: exec format error, again and again',
    story: deploy(
      'v1',
      {
        layers: [[executable('/usr/local/bin/dumb-init', program('arm64'))], [render('amd64')]],
        entrypoint: ['dumb-init', '/app/render'],
      },
      { restart: 'always' },
      'restarting',
    ),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/usr/local/bin/dumb-init',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: 'stage-copied-wrong-file',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
    },
  },
  {
    id: 'metadata-wrong-program-right',
    title: 'Only the metadata is wrong: everything runs',
    source: 'kubernetes/kubernetes#104085; kubernetes-sigs/descheduler#1886',
    symptom: 'scanners and docker warn of the platform; the service is well',
    story: deploy('v1', { ...good, claims: 'linux/arm64' }, {}, 'running'),
    expected: {
      outcome: 'runs',
      fault: 'wrong-metadata',
      mustNot: [{ kind: ['rebuild', 'rollback-to-digest', 'enable-emulation'], fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'foreign-program-first-in-path',
    title: 'A foreign program stands earlier in PATH than the right one',
    source: 'known cause: what is executed is the first hit in PATH',
    symptom: 'exec /usr/local/bin/render: exec format error; /usr/bin/render is right',
    story: deploy('v1', {
      layers: [
        [executable('/usr/bin/render', program('amd64')), executable('/usr/local/bin/render', program('arm64'))],
      ],
      entrypoint: ['render'],
    }),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/usr/local/bin/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
    },
  },
];
