import type { Reporter, SerializedError, TestModule, TestSuite } from 'vitest/node';
import type {} from '../lab/requirements.ts';

/**
 * Beside the default reporter: says which suites were skipped and how to get them, names what failed once more where a tail of a log
 * shows it, and ends with `N passed, N failed`.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const lines = [...describeSkipped(modules), ...describeFailed(modules), describeCounts(modules, unhandled)];
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

/** With the first line of each reason: what the test ran into is above, often many pages above. */
function describeFailed(modules: readonly TestModule[]): string[] {
  const failed = modules.flatMap((module) => [
    ...module.errors().map(({ message }) => `  ${module.relativeModuleId}: ${firstLine(message)}`),
    ...[...module.children.allTests('failed')].map(
      (test) => `  ${module.relativeModuleId} › ${test.fullName}: ${firstLine(test.result().errors?.[0]?.message)}`,
    ),
  ]);
  return failed.length === 0 ? [] : ['Failed:', ...failed];
}

const firstLine = (message = 'no reason') => message.split('\n', 1)[0]?.slice(0, 300) ?? '';

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
