import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SkippedSuitesReporter } from './test/setup/skipped-suites-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
    // Most tests wait for engines, clusters and processes more than they compute.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    globalSetup: ['test/setup/lab-setup.ts'],
    reporters: ['default', new SkippedSuitesReporter()],
  },
});
