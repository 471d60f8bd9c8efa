import { makeElf } from '../../kernel/make-elf.ts';
import { deploy, executable, good, NO_PLATFORM_REMEDIES, shell } from './contents.ts';
import type { RecipeFile } from './image-recipe.ts';
import type { Expected, IncidentCase } from './incident-case.ts';
import { dynamicProgram, glibc, library, newerProgram, oldLibrary } from './library-programs.ts';

const RENDER = '/app/render';

const inTheLoader = {
  outcome: 'will-not-run',
  errno: null,
  confidence: ['proved', 'likely'],
  must: [{ kind: ['rebuild', 'fix-file'], fit: 'fixes' }],
  mustNot: NO_PLATFORM_REMEDIES,
} as const satisfies Partial<Expected>;

/** The file is right, and this host cannot run it: an older image of the service is no answer to that. */
const limit = {
  outcome: 'will-not-run',
  errno: null,
  confidence: ['likely', 'possible'],
  mustNot: [{ kind: ['pull-platform', 'repull', 'enable-emulation', 'replace-node'], fit: ['fixes', 'mitigates'] }],
} as const satisfies Partial<Expected>;

const image = (...files: readonly RecipeFile[]) => ({ layers: [[dynamicProgram, ...files]], entrypoint: [RENDER] });
const whole = image(...glibc, library);

/** Programs that the kernel starts, and that their dynamic loader gives up on. */
export const libraryIncidents: readonly IncidentCase[] = [
  {
    id: 'library-missing',
    title: 'The last stage has not got a library of the build stage',
    source: 'agent-portal#1289',
    symptom: 'error while loading shared libraries: libcorp.so.1; exit status 127',
    story: [{ push: 'v1', image: whole }, ...deploy('v2', image(...glibc))],
    expected: { ...inTheLoader, fault: 'library-missing', culprit: 'libcorp.so.1', offers: ['v1'] },
  },
  {
    id: 'symbol-version-missing',
    title: 'Built on a newer distribution than the image stands on',
    source: 'foresterre/cargo-msrv#816; domcyrus/rustnet#6; GRA0007/crab.fit#305',
    symptom: 'version `CORP_2.0’ not found; exit status 1',
    story: [{ push: 'v1', image: whole }, ...deploy('v2', image(...glibc, oldLibrary))],
    expected: { ...inTheLoader, fault: 'symbol-version-missing', offers: ['v1'] },
  },
  {
    id: 'libraries-complete',
    title: 'The same program with all that it needs',
    source: 'requirement: a healthy service',
    symptom: 'none',
    story: deploy('v1', whole, {}, 'running'),
    expected: { outcome: 'runs', fault: 'none', culprit: null, errno: null },
  },
  {
    id: 'tool-of-a-script-lacks-a-library',
    title: 'The entrypoint script is right, its tool lacks a library',
    source: 'agent-portal#1289',
    symptom: 'the script’s own lines, then: error while loading shared libraries',
    story: deploy('v1', {
      layers: [
        [dynamicProgram, ...glibc, executable('/entrypoint.sh', '#!/bin/sh\necho starting\n/app/render || exit $?\n')],
      ],
      entrypoint: ['/entrypoint.sh'],
    }),
    expected: { ...inTheLoader, fault: 'library-missing', culprit: 'libcorp.so.1', confidence: ['likely', 'possible'] },
  },
  {
    id: 'loader-words-quoted-by-a-healthy-app',
    title: 'A healthy application prints what a loader said elsewhere',
    source: 'requirement: a log that merely quotes the error',
    symptom: 'error while loading shared libraries in the log of a service that is well',
    story: deploy(
      'v1',
      shell(
        "echo 'job 7: /opt/x: error while loading shared libraries: libx.so.1: cannot open shared object file'; exec sleep 600",
      ),
      {},
      'running',
    ),
    expected: { outcome: 'runs', fault: 'none', culprit: null, errno: null },
  },
  {
    id: 'processor-too-old',
    title: 'Built for a newer level of x86-64 than the host has',
    source: 'docker-library/mongo#485',
    symptom: 'CPU ISA level is lower than required; exit status 127',
    story: [{ push: 'v1', image: good }, ...deploy('v2', { layers: [[newerProgram, ...glibc]], entrypoint: [RENDER] })],
    expected: { ...limit, fault: 'cpu-level', must: [{ kind: 'schedule-to-arch', fit: ['fixes', 'mitigates'] }] },
  },
  {
    id: 'pages-too-large',
    title: 'jemalloc was built for smaller pages than the kernel’s',
    source: 'vectordotdev/vector#14851',
    symptom: '<jemalloc>: Unsupported system page size, and the program aborts',
    story: [
      { push: 'v1', image: good },
      ...deploy('v2', shell("echo '<jemalloc>: Unsupported system page size' >&2; exit 134")),
    ],
    expected: { ...limit, fault: 'page-size' },
  },
  {
    id: 'illegal-instruction',
    title: 'The program meets an instruction that the processor does not have',
    source: 'rhasspy#118; node-red-docker#150',
    symptom: 'exit status 132, nothing is logged',
    story: [
      { push: 'v1', image: good },
      ...deploy('v2', {
        layers: [[executable(RENDER, makeElf({ code: new Uint8Array([0x0f, 0x0b]) }))]],
        entrypoint: [RENDER],
      }),
    ],
    expected: { ...limit, fault: ['cpu-level', 'not-exec-format'] },
  },
];
