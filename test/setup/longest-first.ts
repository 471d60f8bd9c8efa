import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first: begun last they would be waited for alone. Vitest remembers how long each one took,
 * but not in a fresh clone.
 */
export const LONGEST: readonly string[] = [
  'test/estate/kubernetes/real-cluster.test.ts',
  'test/faults/memory-limit.test.ts',
  'test/lab/incidents.test.ts',
  'test/e2e/replicas.test.ts',
  'test/deploy/image.test.ts',
  'test/deploy/pods.test.ts',
  'test/deploy/compose-stack.test.ts',
  'test/durable/replicas.test.ts',
  'test/app/inbox.test.ts',
  'test/e2e/restart.test.ts',
  'test/rebuild/rebuild.test.ts',
  'test/parity/slack-socket.test.ts',
  'test/parity/slack-http.test.ts',
  'test/estate/docker/killed-swap-on-engine.test.ts',
  'test/chaos/kill.test.ts',
  'test/faults/ten-minutes-away.test.ts',
  'test/parity/teams.test.ts',
  'test/durable/dbos.test.ts',
  'test/chat/slack/receive.test.ts',
  'test/e2e/page.test.ts',
];

/** Begins with the files that take longest; the others as Vitest would. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification) => {
      const at = LONGEST.indexOf(relative(project.config.root, moduleId));
      return at === -1 ? LONGEST.length : at;
    };
    return others.sort((a, b) => rank(a) - rank(b));
  }
}
