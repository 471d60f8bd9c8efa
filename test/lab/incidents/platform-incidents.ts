import { deploy, executable, good, imageOf, NO_PLATFORM_REMEDIES, onArm, program, render } from './contents.ts';
import type { ImageRecipe } from './image-recipe.ts';
import type { IncidentCase } from './incident-case.ts';

/** Says linux/amd64 and stands on an amd64 base; the program is for ARM64. */
const armProgram: ImageRecipe = { layers: [[render('arm64')]], entrypoint: ['/app/render'] };

/** Images, or programs in them, for another platform than the host's: the common case, and the cursed ones. */
export const platformIncidents: readonly IncidentCase[] = [
  {
    id: 'answer-key',
    title: 'The CI runner was an ARM64 machine',
    source: 'field guide: answer key',
    symptom: 'the container exits at once, the queue grows',
    story: [
      { push: 'v2', image: good },
      { push: 'v3', image: onArm },
      { pull: 'v2' },
      { pull: 'v3' },
      { run: 'v3', with: { restart: 'unless-stopped' }, until: 'restarting' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: 'built-on-other-arch',
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
        { kind: 'enable-emulation', fit: 'mitigates' },
      ],
      mustNot: [
        { kind: 'repull', fit: 'fixes' },
        { kind: 'replace-node', fit: ['fixes', 'mitigates'] },
      ],
      offers: ['v2'],
    },
  },
  {
    id: 'tag-overwritten-twice',
    title: 'The previous tag had been overwritten earlier the same day',
    source: 'field guide: mini-story 1',
    symptom: 'exec format error after a release; rolling back to the previous tag fails in the same way',
    story: [
      { push: 'v1', image: good, named: 'v1-as-it-ran' },
      { pull: 'v1' },
      { push: 'v1', image: { ...onArm, createdAt: '2026-11-20T09:00:00.000Z' } },
      { push: 'v2', image: onArm },
      { pull: 'v2' },
      { run: 'v2' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: 'built-on-other-arch',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      offers: ['v1-as-it-ran'],
    },
  },
  {
    id: 'cached-artifact',
    title: 'A cache without the architecture in its key put an ARM64 program into an amd64 image',
    source: 'field guide: mini-story 2',
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
    pending: 'no origin is found for a wrong-arch-binary',
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
    pending: 'no origin is found for a wrong-arch-binary',
  },
];
