import { answerOf, problem } from '../../../src/playbook/answer.ts';
import { findBuild } from '../../../src/playbook/find-build.ts';
import type { BuildHistory } from '../../../src/ports/build-history.ts';
import { createClient } from './client.ts';
import { listBuilds } from './list-builds.ts';
import type { GithubOptions } from './options.ts';
import { readRunner } from './read-runner.ts';
import { resolveWorkflow } from './resolve-workflow.ts';

/** For all that one question takes. */
const SEARCH_MS = 90_000;

/** The builds of a GitHub, read only: a token with Actions: read is enough. */
export function createGithubBuildHistory(options: GithubOptions): BuildHistory {
  const client = createClient(options);
  const { name, clock } = options;
  return {
    name,
    evidence: (of, parent) =>
      answerOf(async () => {
        const signal = clock.deadline(SEARCH_MS, parent);
        const { project } = of;
        const { workflow, job } = await resolveWorkflow(client, { target: name, project, job: of.job }, signal);
        const found = await findBuild(listBuilds(client, { target: name, project, workflow }, signal), { ...of, job });
        if (found === null)
          throw problem(
            'not-found',
            name,
            `${project} has no run that could have built it. Name the branch and the job under \`rebuild\`, or look for a build elsewhere (a laptop).`,
          );
        const runner = await readRunner(client, found.job, { target: name, project, signal });
        const { run, matchedBy, log } = found;
        const { id, url, ref, revision, event } = run;
        const { id: jobId, name: jobName, url: jobUrl, status, startedAt, finishedAt } = found.job;
        return {
          ci: name,
          project,
          matchedBy,
          run: { id, url, ref, revision, event },
          job: { id: jobId, name: jobName, url: jobUrl, status, startedAt, finishedAt, runner },
          log,
        };
      }),
  };
}
