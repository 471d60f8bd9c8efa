import { pipelinesContract } from '../../contracts/pipelines-contract.ts';
import { digestFor, LATEST, PROJECT, REVISION } from '../sample-builds.ts';
import { openGitlab } from './gitlab-bench.ts';

pipelinesContract('GitLab', async () => {
  const bench = await openGitlab();
  const { gitlab, project, built } = bench;
  const failing = gitlab.addProject('docs/failing', [
    { name: 'build', fails: true, log: () => ['make: *** [build] Error 1'] },
  ]);
  const request = (key: string) => ({ key, project: PROJECT, ref: 'main', job: 'build', runner: 'amd64' });
  return {
    history: bench.history(),
    rebuilds: bench.rebuilds(),
    project: PROJECT,
    built: { revision: REVISION, tag: 'v3', digest: digestFor(REVISION, 'arm64'), at: built.jobs[0]!.startedAt! },
    latestRevision: LATEST,
    job: 'build',
    request,
    failing: (key) => ({ ...request(key), project: failing.path }),
    foreign: () => {
      const pipeline = gitlab.push(project, 'main', LATEST);
      gitlab.step(2);
      return { project: PROJECT, key: 'r-foreign', id: String(pipeline.id), url: '', job: 'build' };
    },
    step: () => gitlab.step(),
    started: () =>
      [project, failing].flatMap(({ pipelines }) => pipelines).filter(({ source }) => source === 'api').length,
    loseNextStart: () => gitlab.fault(/^POST .*\/pipeline$/, { kind: 'cut', when: 'after' }),
    token: gitlab.token,
    close: () => bench.close(),
  };
});
