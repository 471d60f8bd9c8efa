import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.ts';
import { SummaryReporter } from './test/setup/summary-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // No file mocks a module, so that all of them need not be loaded anew for each of 320 files.
    isolate: false,
    // Only what hangs: five files at a time wait for the same engine and two processors.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Most tests wait for engines, clusters and processes more than they compute.
    maxWorkers: Math.max(5, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/setup/lab-setup.ts'],
    reporters: ['default', new SummaryReporter()],
  },
});
