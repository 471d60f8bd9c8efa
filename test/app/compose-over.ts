import type { Practice } from '../../adapters/practice/start-practice.ts';
import { type Composition, compose } from '../../src/cli/compose.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import { quiet } from './quiet-log.ts';

/** Where the practice incident of another process is reached. */
export type PracticeAddresses = Omit<Practice, 'reset' | 'stop'>;

/** The use cases over a practice incident and a store that processes share, not started. `web:ada` may approve. */
export function composeOver(practice: PracticeAddresses, store: string): Promise<Composition> {
  const own = { ...defaultConfig(), hosts: [], verification: { stableForMs: 300, timeoutMs: 10_000 } };
  const config = withPractice(own, { ...practice, reset: async () => {}, stop: async () => {} }, 'web:ada');
  return compose(config, { log: quiet, store, resetPractice: null, slack: null, teams: null, followForMs: 0 });
}
