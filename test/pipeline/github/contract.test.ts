import { pipelinesContract } from '../../contracts/pipelines-contract.ts';
import type { GithubServerOptions } from '../../servers/github/start-github.ts';
import { digestFor, LATEST, PROJECT, REVISION } from '../sample-builds.ts';
import { BUILD, openGithub } from './github-bench.ts';

const open = (options: GithubServerOptions) => async () => {
  const bench = await openGithub({}, options);
  const { github, repository, built } = bench;
  const fails = { name: 'build', runsOn: ['self-hosted'], fails: true, log: () => ['make: *** [build] Error 1'] };
  const failing = github.addRepository('docs/failing', [{ ...BUILD, jobs: [fails] }]);
  const request = (key: string) => ({ key, project: PROJECT, ref: 'main', job: 'build.yml/build', runner: 'amd64' });
  return {
    history: bench.history(),
    rebuilds: bench.rebuilds(),
    project: PROJECT,
    built: { revision: REVISION, tag: 'v3', digest: digestFor(REVISION, 'arm64'), at: built.jobs[0]!.startedAt! },
    latestRevision: LATEST,
    job: 'build.yml/build',
    request,
    failing: (key: string) => ({ ...request(key), project: failing.path }),
    foreign: () => {
      const run = github.push(repository, 'main', LATEST);
      github.step();
      return { project: PROJECT, key: 'r-foreign', id: String(run.id), url: '', job: 'build' };
    },
    step: () => github.step(),
    started: () =>
      [repository, failing].flatMap(({ runs }) => runs).filter(({ event }) => event === 'workflow_dispatch').length,
    // An older server is asked a second time, without the key that it refused at first.
    loseNextStart: () =>
      github.fault(/^POST .*\/dispatches$/, { kind: 'cut', when: 'after' }, options.tellsRuns === false ? 1 : 0),
    token: github.token,
    close: () => bench.close(),
  };
};

pipelinesContract('GitHub', open({}));
pipelinesContract('GitHub Enterprise Server', open({ prefix: '/api/v3', tellsRuns: false }));
