import { answerOf, problem } from '../../../src/playbook/answer.ts';
import { findBuild } from '../../../src/playbook/find-build.ts';
import type { BuildHistory } from '../../../src/ports/build-history.ts';
import { createClient } from './client.ts';
import { listBuilds } from './list-builds.ts';
import type { GitlabOptions } from './options.ts';
import { readRunner } from './read-runner.ts';

/** For all that one question takes. */
const SEARCH_MS = 90_000;

/** The builds of a GitLab, read only: a token with the scope `read_api` is enough. */
export function createGitlabBuildHistory(options: GitlabOptions): BuildHistory {
  const client = createClient(options);
  const { name, clock } = options;
  return {
    name,
    evidence: (of, parent) =>
      answerOf(async () => {
        const signal = clock.deadline(SEARCH_MS, parent);
        const found = await findBuild(listBuilds(client, name, of.project, signal), of);
        if (found === null)
          throw problem(
            'not-found',
            name,
            `${of.project} has no pipeline that could have built it. Name the branch and the job under \`rebuild\`, or look for a build elsewhere (a laptop).`,
          );
        const runner = await readRunner(client, found.job, signal);
        const { id, name: job, url, status, startedAt, finishedAt } = found.job;
        return {
          ci: name,
          project: of.project,
          ...found,
          job: { id, name: job, url, status, startedAt, finishedAt, runner },
        };
      }),
  };
}
