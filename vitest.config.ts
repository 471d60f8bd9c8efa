import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.ts';
import { SkippedSuitesReporter } from './test/setup/skipped-suites-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
    // Most tests wait for engines, clusters and processes more than they compute.
    maxWorkers: Math.max(5, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/setup/lab-setup.ts'],
    reporters: ['default', new SkippedSuitesReporter()],
  },
});
