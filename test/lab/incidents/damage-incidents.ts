import { deploy, executable, good, imageOf, NO_OTHER_IMAGE, program, shell } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';
import { dynamicProgram, glibc, library } from './library-programs.ts';

const RENDER = '/app/render';
const LOADER = '/lib64/ld-linux-x86-64.so.2';

/** A damaged node: one host only, and only until its layers are fetched again. */
const damaged = {
  outcome: 'will-not-run',
  fault: 'node-corruption',
  confidence: ['proved', 'likely'],
  must: [
    { kind: 'repull', fit: 'fixes' },
    { kind: 'replace-node', fit: ['fixes', 'mitigates'] },
    { kind: 'rebuild', fit: 'useless' },
    { kind: 'rollback-to-digest', fit: 'useless' },
  ],
  mustNot: NO_OTHER_IMAGE,
} as const satisfies Partial<Expected>;

/** Bytes on the host's disk that are not the image's. */
export const damageIncidents: readonly IncidentCase[] = [
  {
    id: 'empty-on-one-node',
    title: 'A power failure left an empty program in the unpacked layer',
    source:
      'containerd/containerd#5854; containerd/containerd#9115; k3s-io/k3s#7673; bottlerocket-os/bottlerocket#2352',
    symptom: 'exec format error on one node only; the same digest runs on all others',
    story: [
      { push: 'v1', image: good },
      { push: 'v2', image: imageOf(executable(RENDER, program('amd64', 'of the node with the empty file'))) },
      { pull: 'v2' },
      { damage: RENDER, of: 'v2', leaving: 0 },
      { run: 'v2' },
    ],
    expected: { ...damaged, culprit: RENDER, errno: 'ENOEXEC' },
  },
  {
    id: 'script-empty-on-one-node',
    title: 'The same, of an entrypoint script',
    source: 'harvester/harvester#4434; containerd/containerd#11910',
    symptom: 'exec /entrypoint.sh: exec format error on one node only',
    story: [
      {
        push: 'v1',
        image: imageOf(executable('/entrypoint.sh', '#!/bin/sh\necho of the damaged node\nexec sleep 600\n')),
      },
      { pull: 'v1' },
      { damage: '/entrypoint.sh', of: 'v1', leaving: 0 },
      { run: 'v1' },
    ],
    expected: { ...damaged, culprit: '/entrypoint.sh', errno: 'ENOEXEC' },
  },
  {
    id: 'interpreter-empty-on-one-node',
    title: 'The damaged file is the script’s interpreter',
    source: 'containerd/containerd#11910',
    symptom: 'exec format error that names the script; the script is whole',
    story: [
      {
        push: 'v1',
        image: {
          layers: [
            [
              executable('/opt/run', program('amd64', 'interpreter of the damaged node')),
              executable('/start', '#!/opt/run\n'),
            ],
          ],
          entrypoint: ['/start'],
        },
      },
      { pull: 'v1' },
      { damage: '/opt/run', of: 'v1', leaving: 0 },
      { run: 'v1' },
    ],
    expected: { ...damaged, culprit: '/opt/run', errno: 'ENOEXEC' },
  },
  {
    id: 'loader-empty-on-one-node',
    title: 'The damaged file is the dynamic loader',
    source: 'known cause: half-unpacked snapshot, empty loader',
    symptom: 'exec /app/render: input/output error on one node only',
    story: [
      {
        push: 'v1',
        image: {
          layers: [[dynamicProgram, ...glibc, library, executable('/etc/release', 'of the damaged node')]],
          entrypoint: [RENDER],
        },
      },
      { pull: 'v1' },
      { damage: LOADER, of: 'v1', leaving: 0 },
      { run: 'v1' },
    ],
    expected: { ...damaged, culprit: LOADER, errno: 'EIO' },
  },
  {
    id: 'damage-beside-the-program',
    title: 'A damaged file that nobody executes, and an application that fails by itself',
    source: 'requirement: never a false accusation',
    symptom: 'exit status 1',
    story: [
      {
        push: 'v1',
        image: {
          ...shell("echo 'cannot connect to the queue'; exit 1"),
          layers: [[executable('/opt/unused', 'of the damaged node')]],
        },
      },
      { pull: 'v1' },
      { damage: '/opt/unused', of: 'v1', leaving: 0 },
      { run: 'v1' },
    ],
    expected: { outcome: 'will-not-run', fault: 'not-exec-format', errno: null },
  },
  {
    id: 'emptied-by-its-own-update',
    title: 'An update inside of the container emptied its program: image and node are whole',
    source: 'requirement: the node against the image',
    symptom: 'exec format error after a restart; a new container of the same image runs',
    story: [
      { push: 'v0', image: good },
      ...deploy('v1', imageOf(executable('/app/update', '#!/bin/sh\n: > /app/update\n'))),
      { startAgain: '' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: ['node-corruption', 'empty-file'],
      culprit: '/app/update',
      errno: 'ENOEXEC',
      mustNot: NO_OTHER_IMAGE,
    },
  },
];
