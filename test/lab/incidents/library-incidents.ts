import { deploy, NO_PLATFORM_REMEDIES } from './contents.ts';
import type { RecipeFile } from './image-recipe.ts';
import type { Expected, IncidentCase } from './incident-case.ts';
import { dynamicProgram, glibc, library, oldLibrary } from './library-programs.ts';

const RENDER = '/app/render';

const inTheLoader = {
  outcome: 'will-not-run',
  errno: null,
  confidence: ['proved', 'likely'],
  must: [{ kind: ['rebuild', 'fix-file'], fit: 'fixes' }],
  mustNot: NO_PLATFORM_REMEDIES,
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
];
