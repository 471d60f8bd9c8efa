import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunScope } from '../../src/ports/run-scope.ts';

/** The run that follows the calls, by Node's own means. */
export function createRunScope(): RunScope {
  const storage = new AsyncLocalStorage<string>();
  return { within: (run, work) => storage.run(run, work), current: () => storage.getStore() ?? null };
}
