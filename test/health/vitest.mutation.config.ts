import { defineConfig } from 'vitest/config';

/** The tests that mutants are shown to; `mutation.ts` says which. They need nothing of the machine, so nothing is set up. */
export default defineConfig({
  test: {
    include: (process.env.EXECFMT_MUTATION_TESTS ?? 'no tests').split(' '),
    // One thread for all the files of a mutant, and a new one for the next mutant: constants are made anew for each.
    isolate: false,
    testTimeout: 20_000,
    reporters: ['dot'],
  },
});
