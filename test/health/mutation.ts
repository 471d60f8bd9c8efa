import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { forgetSurvivors } from './forget-survivors.ts';
import { type MutantCount, scoreTable } from './score-table.ts';
import { readSection, writeSection } from './section.ts';

// `npm run mutation -- approval judge`: changes the sources, one place at a time, and counts what no test notices.

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/execfmt-mutation');

/** Below the folder that Stryker works in. */
const VITEST = relative(process.cwd(), fileURLToPath(new URL('./vitest.mutation.config.ts', import.meta.url)));

const PLAYBOOK = ['test/playbook/**/*.test.ts'];

/** The folder whose own files are changed, and the tests that have to notice. None of them needs anything of the machine. */
const SCOPES: Readonly<Record<string, { readonly mutate: string; readonly tests: readonly string[] }>> = {
  approval: { mutate: 'src/approval', tests: ['test/approval/*.test.ts'] },
  judge: {
    mutate: 'src/playbook/judge',
    tests: ['test/playbook/judge/*.test.ts', 'test/playbook/{judge,judge-unstarted}.test.ts'],
  },
  playbook: { mutate: 'src/playbook', tests: PLAYBOOK },
  origin: {
    mutate: 'src/playbook/origin',
    tests: ['test/playbook/origin/*.test.ts', 'test/playbook/judge.test.ts'],
  },
  remedies: {
    mutate: 'src/playbook/remedies',
    tests: ['test/playbook/remedies/*.test.ts', 'test/playbook/judge.test.ts'],
  },
  steps: {
    mutate: 'src/playbook/steps',
    tests: ['test/playbook/steps/*.test.ts', 'test/playbook/{judge,pool}.test.ts'],
  },
  kernel: {
    mutate: 'src/kernel',
    tests: ['test/kernel/{execve,loader,users,map-program,identify-file,errno-from-text}.test.ts'],
  },
  config: { mutate: 'src/config', tests: ['test/config/*.test.ts'] },
  run: { mutate: 'src/run', tests: ['test/run/{run-state,transcript,format-duration}.test.ts'] },
  view: { mutate: 'src/view', tests: ['test/view/{thread,check-report,fold-text,create-redact}.test.ts'] },
};

async function measure(name: string): Promise<MutantCount> {
  const scope = SCOPES[name];
  if (!scope) throw new Error(`there is no ${name}; there are ${Object.keys(SCOPES).join(', ')}`);
  process.env.EXECFMT_MUTATION_TESTS = scope.tests.join(' ');
  const incrementalFile = join(CACHE, `${name}.json`);
  forgetSurvivors(incrementalFile);
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    // By what they import, the test files that cannot notice a change are left out.
    vitest: { configFile: VITEST, related: true },
    // Stryker reads it with TypeScript's own library, which TypeScript 7 has none of; the types are erased anyway.
    tsconfigFile: 'none',
    mutate: [`${scope.mutate}/*.ts`],
    coverageAnalysis: 'perTest',
    reporters: ['progress-append-only'],
    // One processor is left to whoever works on.
    concurrency: Math.max(1, availableParallelism() - 1),
    incremental: true,
    incrementalFile,
    ignorePatterns: ['dist', 'data', 'coverage', '.stryker-tmp'],
    timeoutMS: 30_000,
  }).runMutationTest();
  const count = (...states: readonly string[]) => results.filter(({ status }) => states.includes(status)).length;
  return {
    folder: scope.mutate,
    tests: scope.tests,
    killed: count('Killed', 'Timeout'),
    survived: count('Survived'),
    unseen: count('NoCoverage'),
    date: new Date().toISOString().slice(0, 10),
  };
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(SCOPES)) {
  const one = await measure(name);
  writeSection('mutation', scoreTable(readSection('mutation'), one));
}
