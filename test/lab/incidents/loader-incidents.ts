import { makeElf } from '../../kernel/make-elf.ts';
import { deploy, executable, good, imageOf, NO_PLATFORM_REMEDIES, program } from './contents.ts';
import type { ImageRecipe } from './image-recipe.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const RENDER = '/app/render';
const GLIBC = '/lib64/ld-linux-x86-64.so.2';
const MUSL = '/lib/ld-musl-x86_64.so.1';

/** A program for x86-64 that asks for this loader, and what stands in the loader's place. */
const asksFor = (loader: string, stands?: Uint8Array | string): ImageRecipe => ({
  layers: [
    [executable(RENDER, makeElf({ interp: loader })), ...(stands === undefined ? [] : [executable(loader, stands)])],
  ],
  entrypoint: [RENDER],
});

const loader: Omit<Expected, 'fault'> = {
  outcome: 'will-not-run',
  confidence: 'proved',
  must: [{ kind: ['rebuild', 'fix-file'], fit: 'fixes' }],
  mustNot: NO_PLATFORM_REMEDIES,
};

/** Programs whose dynamic loader is missing or wrong. */
export const loaderIncidents: readonly IncidentCase[] = [
  {
    id: 'glibc-program-on-musl',
    title: 'A program for glibc in an Alpine image',
    source: 'mostafa/xk6-kafka#395; field guide: task 10, mistake 5',
    symptom: 'no such file or directory, and yet the file is there',
    story: [{ push: 'v1', image: good }, ...deploy('v2', asksFor(GLIBC))],
    expected: { ...loader, fault: 'loader-missing', culprit: GLIBC, errno: 'ENOENT', offers: ['v1'] },
  },
  {
    id: 'musl-program-on-glibc',
    title: 'A program for musl in a Debian image',
    source: 'known cause: glibc binary on musl and the reverse',
    symptom: 'no such file or directory',
    story: deploy('v1', asksFor(MUSL)),
    expected: { ...loader, fault: 'loader-missing', culprit: MUSL, errno: 'ENOENT' },
  },
  {
    id: 'dynamic-program-from-scratch',
    title: 'CGO was on, and the image is FROM scratch',
    source: 'gliderlabs/docker-alpine#12',
    symptom: 'exec /app/render: no such file or directory',
    story: deploy('v1', { ...asksFor(GLIBC), base: null }),
    expected: { ...loader, fault: 'loader-missing', culprit: GLIBC, errno: 'ENOENT' },
  },
  {
    id: 'loader-of-an-interpreter',
    title: 'The script’s interpreter is a program for glibc in an Alpine image',
    source: 'bitnami/wait-for-port#9',
    symptom: 'no such file or directory; script and interpreter are there',
    story: deploy('v1', {
      layers: [[executable('/opt/python3', makeElf({ interp: GLIBC })), executable('/run.py', '#!/opt/python3\n')]],
      entrypoint: ['/run.py'],
    }),
    expected: { ...loader, fault: 'loader-missing', culprit: GLIBC, errno: 'ENOENT' },
  },
  {
    id: 'foreign-loader',
    title: 'The loader was copied from an image for another architecture',
    source: 'moby/moby#9893',
    symptom: 'accessing a corrupted shared library',
    story: deploy('v1', asksFor(GLIBC, program('arm64'))),
    expected: { ...loader, fault: 'loader-wrong-arch', culprit: GLIBC, errno: 'ELIBBAD' },
  },
  {
    id: 'loader-is-a-script',
    title: 'A wrapper script stands in the loader’s place',
    source: 'known cause: foreign or non-ELF loader',
    symptom: 'accessing a corrupted shared library',
    story: deploy('v1', asksFor(GLIBC, `#!/bin/sh\n${'# wrapper\n'.repeat(20)}`)),
    expected: { ...loader, fault: ['foreign-format', 'loader-wrong-arch'], culprit: GLIBC, errno: 'ELIBBAD' },
  },
  {
    id: 'foreign-program-without-its-loader',
    title: 'A foreign program, and no emulation would help: its loader is not in the image either',
    source: 'docker/buildx#1014',
    symptom: 'exec format error; under QEMU: Could not open /lib/ld-linux-aarch64.so.1',
    story: deploy('v1', imageOf(executable(RENDER, makeElf({ machine: 183, interp: '/lib/ld-linux-aarch64.so.1' })))),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: RENDER,
      errno: 'ENOEXEC',
      confidence: 'proved',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [
        { kind: 'enable-emulation', fit: ['fixes', 'mitigates'] },
        { kind: 'pull-platform', fit: ['fixes', 'mitigates'] },
      ],
    },
  },
];
