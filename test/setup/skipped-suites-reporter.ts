import type { Reporter, SerializedError, TestModule, TestSuite } from 'vitest/node';
import type {} from '../lab/requirements.ts';

/** Beside the default reporter: says which suites were skipped and how to get them, and ends with `N passed, N failed`. */
export class SkippedSuitesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const lines = [...describeSkipped(modules), describeCounts(modules, unhandled)];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function describeSkipped(modules: readonly TestModule[]): string[] {
  const skipped = modules.flatMap((module) => [...module.children.allSuites()]).flatMap((suite) => lineOf(suite) ?? []);
  return skipped.length === 0 ? ['Skipped suites: none'] : ['Skipped suites:', ...skipped];
}

function lineOf(suite: TestSuite): string | null {
  const because = suite.meta().skippedBecause;
  return because === undefined ? null : `  ${suite.module.relativeModuleId} › ${suite.fullName}: ${because}`;
}

/** A test that failed counts as one; so does a file or suite that failed outside its tests, and an error that nobody handled. */
function describeCounts(modules: readonly TestModule[], unhandled: readonly SerializedError[]): string {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const groups = [...modules, ...modules.flatMap((module) => [...module.children.allSuites()])];
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const failed =
    tests.filter((test) => test.result().state === 'failed').length +
    groups.filter((group) => group.errors().length > 0).length +
    unhandled.length;
  return `${passed} passed, ${failed} failed`;
}
