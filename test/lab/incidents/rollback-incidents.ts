import { deploy, executable, good, imageOf, onArm, render } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const foreignImage = {
  outcome: 'will-not-run',
  fault: 'wrong-platform-image',
  culprit: '/app/render',
  errno: 'ENOEXEC',
  confidence: 'proved',
} as const satisfies Partial<Expected>;

/** A later layer deletes the program (image-spec layer.md, “Whiteouts”). */
const withoutProgram = {
  ...good,
  layers: [[render('amd64')], [{ path: '/app/.wh.render', mode: 0o644, content: new Uint8Array() }]],
};

/** What there is to go back to: digests that would be the second outage are never offered. */
export const rollbackIncidents: readonly IncidentCase[] = [
  {
    id: 'candidate-broken-too',
    title: 'The previous version is broken in another way, the one before it runs',
    source: 'field guide: incident response, “roll back to a known-good digest”',
    symptom: 'a rollback to the previous tag would be the second outage',
    story: [
      { push: 'v1', image: good },
      { push: 'v2', image: imageOf(executable('/app/render', '#!/bin/sh\r\nexec sleep 600\r\n')) },
      { pull: 'v2' },
      ...deploy('v3', onArm),
    ],
    expected: { ...foreignImage, must: [{ kind: 'rebuild', fit: 'fixes' }], offers: ['v1'] },
  },
  {
    id: 'candidate-gone-from-the-registry',
    title: 'The registry’s clean-up deleted the only version that ran',
    source: 'field guide: mini-story 1, guardrail 2',
    symptom: 'exec format error, and the previous digest answers 404',
    story: [
      { push: 'v1', image: good },
      { push: 'v2', image: imageOf(render('arm64')) },
      { unpublish: 'v1' },
      { pull: 'v2' },
      { run: 'v2' },
    ],
    expected: {
      ...foreignImage,
      fault: 'wrong-arch-binary',
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'rollback-to-digest', fit: 'useless' },
      ],
    },
  },
  {
    id: 'every-candidate-is-broken',
    title: 'Five earlier versions, each broken in a way of its own',
    source: 'requirement: no unusable digest is ever offered',
    symptom: 'exec format error, and a list of tags that all look well',
    story: [
      { push: 'v1', image: imageOf(executable('/app/render', '#!/bin/sh\r\nexec sleep 600\r\n')) },
      { push: 'v2', image: withoutProgram },
      { push: 'v3', image: imageOf(executable('/app/render', '')) },
      { push: 'v4', image: imageOf(render('arm64')) },
      { push: 'v5', image: imageOf(executable('/app/render', 'exec sleep 600\n')) },
      ...deploy('v6', onArm),
    ],
    expected: {
      ...foreignImage,
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'rollback-to-digest', fit: 'useless' },
      ],
    },
  },
  {
    id: 'one-digest-under-many-tags',
    title: 'The version that ran has three tags',
    source: 'field guide: guardrail 2',
    symptom: 'exec format error',
    story: [
      { push: 'v1', image: good, named: 'the-release' },
      { push: '1.0', image: good, named: 'the-release' },
      { push: 'stable', image: good, named: 'the-release' },
      ...deploy('v2', onArm),
    ],
    expected: { ...foreignImage, offers: ['the-release'] },
  },
  {
    id: 'program-deleted-by-a-later-layer',
    title: 'A clean-up in the Dockerfile deleted the program',
    source: 'known cause: entrypoint not found',
    symptom: 'stat /app/render: no such file or directory; docker history shows the COPY',
    story: [{ push: 'v1', image: good }, ...deploy('v2', withoutProgram)],
    expected: {
      outcome: 'will-not-run',
      fault: 'entrypoint-not-found',
      culprit: '/app/render',
      errno: 'ENOENT',
      confidence: 'proved',
      must: [{ kind: ['fix-file', 'rebuild'], fit: 'fixes' }],
      offers: ['v1'],
    },
  },
];
